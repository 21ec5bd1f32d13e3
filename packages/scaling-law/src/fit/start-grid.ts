import { domains } from '../laws/parameter.ts';
import { choleskyFactor, choleskySolve } from '../statistics/cholesky.ts';
import { createRandom } from '../statistics/random.ts';
import type { HuberObjective } from './huber-objective.ts';

/** Values to try for each parameter that has starts, by name; those with levels by the name without. */
export type StartGrid = Readonly<Record<string, readonly number[]>>;

/** A positive coefficient that least squares puts at zero starts with this share of the mean prediction. */
const SMALL_SHARE = 1e-3;

/** A larger grid is thinned at random to this many starts. */
const MAX_STARTS = 360;

/**
 * Starts for the optimizer: every combination of the start values, each with the coefficients that fit the data best
 * there. The law is linear in those, so they are eliminated (variable projection, Golub and Pereyra 1973) by least
 * squares on the relative residuals, instead of being two to four more axes of the grid. Parameters of one name and
 * several levels start at the same value.
 */
export function startGrid(objective: HuberObjective, grid: StartGrid): Float64Array[] {
  const { parameters } = objective.law;
  const axes = new Map<string, { indices: number[]; free: number[] }>();
  parameters.forEach(({ name, domain, starts }, index) => {
    const base = name.replace(/\[.*/, '');
    const values = grid[base] ?? starts;
    if (values === undefined) return;
    const axis = axes.get(base) ?? { indices: [], free: values.map(domains[domain].toFree) };
    axis.indices.push(index);
    axes.set(base, axis);
  });
  let starts: Float64Array[] = [new Float64Array(objective.size)];
  for (const { indices, free } of axes.values()) {
    starts = starts.flatMap((start) =>
      free.map((value) => {
        const theta = Float64Array.from(start);
        for (const index of indices) theta[index] = value;
        return theta;
      }),
    );
  }
  return thin(starts).map((theta) => projectLinear(objective, theta));
}

/** A start with its coefficients replaced by those of the least relative squares. */
function projectLinear(objective: HuberObjective, theta: Float64Array): Float64Array {
  const { names, columns, rest } = objective.linearParts(theta);
  const { parameters } = objective.law;
  const mayBeNegative = names.map((index) => parameters[index]!.domain === 'real');
  const solution = nonNegativeLeastSquares(
    columns,
    rest.map((part) => 1 - part),
    objective.weights,
    mayBeNegative,
  );
  const projected = Float64Array.from(theta);
  names.forEach((index, j) => {
    const column = columns[j]!;
    const mean = column.reduce((sum, entry) => sum + Math.abs(entry), 0) / column.length;
    const value = mayBeNegative[j] ? solution[j]! : Math.max(solution[j]!, SMALL_SHARE / mean);
    const { lower, upper, toFree } = domains[parameters[index]!.domain];
    projected[index] = toFree(value > lower && value < upper ? value : (lower + upper) / 2);
  });
  return projected;
}

function thin(starts: readonly Float64Array[]): readonly Float64Array[] {
  if (starts.length <= MAX_STARTS) return starts;
  const random = createRandom(0);
  const pool = [...starts];
  return Array.from({ length: MAX_STARTS }, () => pool.splice(random.integer(pool.length), 1)[0]!);
}

/**
 * Minimizes `Σ_i w_i (Σ_j c_j column_j,i − target_i)²` with `c_j ≥ 0` except where a coefficient may be negative, up
 * to a greedy choice: the column with the most negative coefficient is dropped until none is negative.
 */
export function nonNegativeLeastSquares(
  columns: readonly Float64Array[],
  target: Float64Array,
  weights: Float64Array,
  mayBeNegative: readonly boolean[],
): Float64Array {
  const solution = new Float64Array(columns.length);
  let kept = columns.map((_, index) => index);
  while (kept.length > 0) {
    const part = solveNormalEquations(
      kept.map((index) => columns[index]!),
      target,
      weights,
    );
    const bounded = part.map((value, position) => (mayBeNegative[kept[position]!] ? Infinity : value));
    const worst = bounded.indexOf(Math.min(...bounded));
    if (bounded[worst]! >= 0) {
      kept.forEach((index, position) => {
        solution[index] = part[position]!;
      });
      break;
    }
    kept = kept.filter((_, position) => position !== worst);
  }
  return solution;
}

function solveNormalEquations(
  columns: readonly Float64Array[],
  target: Float64Array,
  weights: Float64Array,
): Float64Array {
  const size = columns.length;
  const matrix = new Float64Array(size * size);
  const rightSide = new Float64Array(size);
  // Columns of very different magnitude, such as 1 and 1/N, are brought to length 1.
  const norms = columns.map((column) => Math.sqrt(weightedDot(column, column, weights)) || 1);
  for (let p = 0; p < size; p++) {
    rightSide[p] = weightedDot(columns[p]!, target, weights) / norms[p]!;
    for (let q = 0; q <= p; q++) {
      const entry = weightedDot(columns[p]!, columns[q]!, weights) / (norms[p]! * norms[q]!);
      matrix[p * size + q] = entry;
      matrix[q * size + p] = entry;
    }
    // Equal exponents in two terms make equal columns along a diagonal of the design: keep the matrix definite.
    matrix[p * size + p]! *= 1 + 1e-9;
  }
  const factor = choleskyFactor(matrix, size);
  if (factor === undefined) return new Float64Array(size);
  return choleskySolve(factor, size, rightSide).map((value, p) => value / norms[p]!);
}

function weightedDot(x: Float64Array, y: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += weights[i]! * x[i]! * y[i]!;
  return sum;
}
