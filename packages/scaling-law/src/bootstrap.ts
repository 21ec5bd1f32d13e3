import { minimizeBfgs } from './bfgs.ts';
import { regularizedInverse } from './cholesky.ts';
import type { HuberObjective } from './huber-objective.ts';
import { createRandom } from './random.ts';

/** Iterations of one refit; it starts at the fit to all data, so few are needed. */
const REFIT = { relativeTolerance: 1e-6, maxIterations: 200 };

/**
 * Refits of resampled data, started at the fit to all data. Whole clusters are drawn with replacement, within each
 * stratum as many as it has.
 *
 * @param objective - The objective; its weights are changed during the call and restored.
 * @param best - The fit to all data.
 * @param strata - Observation indices of each cluster, by stratum.
 * @param resamples - How many refits.
 * @param seed - Seed of the draws.
 */
export function bootstrapRefits(
  objective: HuberObjective,
  best: Float64Array,
  strata: readonly (readonly (readonly number[])[])[],
  resamples: number,
  seed: number,
): Float64Array[] {
  const random = createRandom(seed);
  const inverseHessian = regularizedInverse(objective.gaussNewton(best, true), objective.size, 1e-9);
  const original = Float64Array.from(objective.weights);
  try {
    return Array.from({ length: resamples }, () => {
      objective.weights.fill(0);
      for (const clusters of strata) {
        for (let draw = 0; draw < clusters.length; draw++) {
          for (const index of clusters[random.integer(clusters.length)]!) objective.weights[index]! += 1;
        }
      }
      return minimizeBfgs(objective.evaluate, best, inverseHessian, REFIT).x;
    });
  } finally {
    objective.weights.set(original);
  }
}

/** The central interval that holds a share of the values, by linear interpolation between order statistics. */
export function percentileInterval(values: readonly number[], confidence: number): [number, number] {
  const sorted = Float64Array.from(values).toSorted();
  const quantile = (share: number): number => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! * (1 - (position - below)) + sorted[above]! * (position - below);
  };
  return [quantile((1 - confidence) / 2), quantile((1 + confidence) / 2)];
}
