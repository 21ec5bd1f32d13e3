import { E2M1 } from '@nibble-ml/fp4-format';
import { checkClip, checkK, checkOutside, DEFAULT_CLIP, DEFAULT_K } from './dge-options.ts';
import type { DgeDerivativeOptions, DgeOutside } from './dge-options.ts';
import { edgesOf, intervalIndex } from './intervals.ts';

/**
 * Returns min(clip, f'(x)) with f'(x) = |u|^(1/k - 1) / k, u as in {@link dgeSurrogate} (arXiv 2501.17116, equation 8;
 * clip of section 3.1).
 *
 * Defined everywhere: at grid points both sides give 1/k, at midpoints the clip acts, and outside the grid `outside`
 * decides. Even for a symmetric format (but for `outside: 'msAmp'`). For k = 1 it is
 * straight-through: min(clip, 1), and with `'msAmp'` 0 above the grid. NaN gives NaN.
 *
 * @param x - A value in units of the grid, that is, already divided by the scale.
 * @throws RangeError if k is below 1, or clip not positive, or either not finite.
 * @throws TypeError if `outside` is unknown.
 */
export function dgeDerivative(x: number, options: DgeDerivativeOptions = {}): number {
  const { k = DEFAULT_K, clip = DEFAULT_CLIP, format = E2M1, outside = 'edge' } = options;
  checkK('dgeDerivative', k);
  checkClip('dgeDerivative', clip);
  checkOutside('dgeDerivative', outside);
  return derivativeOnEdges(edgesOf(format), x, k, clip, outside);
}

/** {@link dgeDerivative} on ascending grid values, without checks. */
export function derivativeOnEdges(
  edges: Float64Array,
  x: number,
  k: number,
  clip: number,
  outside: DgeOutside,
): number {
  if (Number.isNaN(x)) return NaN;
  const isAbove = x > edges[edges.length - 1]!;
  if (isAbove && outside === 'msAmp') return 0;
  if ((isAbove || x < edges[0]!) && outside === 'edge') return Math.min(clip, 1 / k);
  return Math.min(clip, Math.abs(positionInInterval(edges, x)) ** (1 / k - 1) / k);
}

/** u, the position of x in its interval: -1 at the left edge, 0 in the middle, 1 at the right edge. */
export function positionInInterval(edges: Float64Array, x: number): number {
  const index = intervalIndex(edges, x);
  const left = edges[index]!;
  const half = (edges[index + 1]! - left) / 2;
  return (x - (left + half)) / half;
}
