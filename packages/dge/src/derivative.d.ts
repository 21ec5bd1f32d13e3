import type { DgeDerivativeOptions, DgeOutside } from './dge-options.ts';
/**
 * Returns min(clip, f'(x)) with f'(x) = |u|^(1/k - 1) / k, u as in {@link dgeSurrogate} (arXiv 2501.17116, equation 8;
 * clip of section 3.1).
 *
 * Defined everywhere: at grid points both sides give 1/k, at midpoints the clip acts, and outside the grid `outside`
 * decides. Even for a symmetric format (but for `outside: 'msAmp'`). For k = 1 it is 1 everywhere: straight-through.
 * NaN gives NaN.
 *
 * @param x - A value in units of the grid, that is, already divided by the scale.
 * @throws RangeError if k is below 1, or clip not positive, or either not finite.
 * @throws TypeError if `outside` is unknown.
 */
export declare function dgeDerivative(x: number, options?: DgeDerivativeOptions): number;
/** {@link dgeDerivative} on ascending grid values, without checks. */
export declare function derivativeOnEdges(edges: Float64Array, x: number, k: number, clip: number, outside: DgeOutside): number;
/** u, the position of x in its interval: -1 at the left edge, 0 in the middle, 1 at the right edge. */
export declare function positionInInterval(edges: Float64Array, x: number): number;
//# sourceMappingURL=derivative.d.ts.map