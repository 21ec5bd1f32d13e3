import type { DgeSurrogateOptions } from './dge-options.ts';
/**
 * Returns f(x), the differentiable surrogate of rounding to the nearest value of a grid.
 *
 * In an interval of width δ with midpoint m, f(x) = m + δ/2 · sign(u)·|u|^(1/k) with u = (x - m)·2/δ in [-1, 1]
 * (arXiv 2501.17116, equation 7, shifted to the interval). f meets the grid points exactly, rises steeply at the
 * midpoints, where rounding jumps, and is the identity for k = 1. Outside the grid f goes on with slope 1/k, so that
 * {@link dgeDerivative} (unclipped) is its derivative everywhere. f is odd for a symmetric format.
 *
 * @param x - A value in units of the grid, that is, already divided by the scale.
 * @throws RangeError if k is below 1 or not finite.
 */
export declare function dgeSurrogate(x: number, options?: DgeSurrogateOptions): number;
//# sourceMappingURL=surrogate.d.ts.map