import { E2M1 } from '@nibble-ml/fp4-format';
import { checkK, DEFAULT_K } from "./dge-options.js";
import { edgesOf, intervalIndex } from "./intervals.js";
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
export function dgeSurrogate(x, options = {}) {
    const { k = DEFAULT_K, format = E2M1 } = options;
    checkK('dgeSurrogate', k);
    const edges = edgesOf(format);
    const lowest = edges[0];
    const highest = edges[edges.length - 1];
    if (x > highest)
        return highest + (x - highest) / k;
    if (x < lowest)
        return lowest + (x - lowest) / k;
    const index = intervalIndex(edges, x);
    const left = edges[index];
    const right = edges[index + 1];
    const half = (right - left) / 2;
    const middle = left + half;
    const u = (x - middle) / half;
    return middle + half * Math.sign(u) * Math.abs(u) ** (1 / k);
}
//# sourceMappingURL=surrogate.js.map