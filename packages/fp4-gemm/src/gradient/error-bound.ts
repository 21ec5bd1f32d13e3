import { doubledValues } from '../doubled-values.ts';
import { foldScales } from './fold.ts';
import { summedLength } from './trial.ts';
import type { Trial } from './trial.ts';

/** Where a product lies outside its error bound. */
export interface BoundViolation {
  readonly index: number;
  readonly actual: number;
  readonly exact: number;
  readonly bound: number;
}

/**
 * For tests: checks a product with the gradient `'f32'` against the float64 one, of dY, scales and codes as they are. With u =
 * 2^-24, amax the largest |dY · s| of the row r and Σ over its steps,
 *
 *     |error| <= Σ |v| (u |dY s| + 1.008 · 2u · amax) · (1 + 2u) + 2u |exact|
 *
 * for folding the scale in, the fixed point, and the two roundings of the exact sum. Scales must leave dY · s normal. Returns
 * the first violation, NaN included.
 */
export function firstBoundViolation(actual: Float32Array, trial: Trial): BoundViolation | undefined {
  const { product, m, n, cols, dy, words, scales } = trial;
  const steps = summedLength(trial);
  const rows = product === 'dx' ? m : n;
  const folded = foldScales(dy, m, n, scales, product);
  const doubled = doubledValues({ words, scales, rows: steps }, cols);
  const u = 2 ** -24;
  for (let r = 0; r < rows; r++) {
    const row = folded.values.subarray(r * steps, (r + 1) * steps);
    const amax = row.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    for (let c = 0; c < cols; c++) {
      let exact = 0;
      let bound = 0;
      for (let k = 0; k < steps; k++) {
        const value = doubled[k * cols + c]! / 2;
        const g = dy[r * folded.rowStride + k * folded.stepStride]! * scales[scales.length === 1 ? 0 : k]!;
        exact += g * value;
        bound += Math.abs(value) * (u * Math.abs(g) + 1.008 * 2 * u * amax);
      }
      bound = bound * (1 + 2 * u) + 2 * u * Math.abs(exact);
      const index = r * cols + c;
      if (!(Math.abs(actual[index]! - exact) <= bound))
        return { index, actual: actual[index]!, exact, bound };
    }
  }
  return undefined;
}
