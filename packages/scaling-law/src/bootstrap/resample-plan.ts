import type { HuberObjective } from '../fit/huber-objective.ts';
import { choleskyFactor, choleskySolve, regularizedInverse } from '../statistics/cholesky.ts';

/** How resamples are drawn; data alone, so that a worker can be sent it. */
export type ResamplePlan =
  /** Whole clusters with replacement, within each stratum as many as it has. */
  | {
      readonly method: 'cases';
      readonly seed: number;
      readonly strata: readonly (readonly (readonly number[])[])[];
    }
  /** The fit plus the residuals of each cluster, times a random sign for the cluster. */
  | {
      readonly method: 'residuals';
      readonly seed: number;
      readonly clusters: readonly (readonly number[])[];
      /** Logarithm of the prediction of each observation. */
      readonly fitted: Float64Array;
      /** Residual of each observation, enlarged by its leverage. */
      readonly residuals: Float64Array;
    };

/**
 * The plan of a wild cluster bootstrap (Cameron, Gelbach and Miller 2008) at a fit. Residuals of a fit are smaller than
 * the noise, as the fit follows the runs; those of a cluster `c` are multiplied by `(1 − H_cc)⁻¹`, with `H` the hat
 * matrix, which is what leaving the cluster out would give (the CR3 correction). Signs keep what noise of any size
 * a run or cluster has, so the noise need not be the same everywhere.
 */
export function residualPlan(
  objective: HuberObjective,
  theta: Float64Array,
  strata: readonly (readonly (readonly number[])[])[],
  seed: number,
): ResamplePlan {
  const clusters = strata.flat();
  const columns = objective.logJacobian(theta);
  const inverse = regularizedInverse(objective.gaussNewton(theta, false), objective.size, 1e-12);
  const raw = objective.residuals(theta);
  const residuals = new Float64Array(raw.length);
  for (const cluster of clusters) {
    const corrected = withoutLeverage(cluster, columns, inverse, objective.weights, raw);
    cluster.forEach((index, position) => {
      residuals[index] = corrected[position]!;
    });
  }
  return {
    method: 'residuals',
    seed,
    clusters,
    fitted: objective.predictions(theta).map(Math.log),
    residuals,
  };
}

/** Solves `(1 − H_cc) x = r_c`. */
function withoutLeverage(
  cluster: readonly number[],
  columns: readonly Float64Array[],
  inverse: Float64Array,
  weights: Float64Array,
  residuals: Float64Array,
): Float64Array {
  const size = cluster.length;
  const matrix = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      const [i, j] = [cluster[a]!, cluster[b]!];
      // Symmetric form of the hat matrix of weighted least squares.
      const weight = Math.sqrt(weights[i]! * weights[j]!);
      matrix[a * size + b] = (a === b ? 1 : 0) - weight * bilinear(columns, inverse, i, j);
    }
  }
  const own = Float64Array.from(cluster, (index) => residuals[index]! * Math.sqrt(weights[index]!));
  const factor = choleskyFactor(matrix, size);
  // A cluster on which a parameter depends alone has no residual to enlarge.
  const solved = factor === undefined ? own : choleskySolve(factor, size, own);
  return solved.map((value, position) => value / Math.sqrt(weights[cluster[position]!]!));
}

/** `row_iᵀ · inverse · row_j`. */
function bilinear(columns: readonly Float64Array[], inverse: Float64Array, i: number, j: number): number {
  const size = columns.length;
  let sum = 0;
  for (let p = 0; p < size; p++) {
    for (let q = 0; q < size; q++) sum += columns[p]![i]! * inverse[p * size + q]! * columns[q]![j]!;
  }
  return sum;
}
