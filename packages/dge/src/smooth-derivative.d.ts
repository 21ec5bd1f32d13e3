import type { DgeSurrogateOptions } from './dge-options.ts';
/** Options of the smooth derivative. */
export interface DgeSmoothOptions extends DgeSurrogateOptions {
    /** Positive smoothing constant, in units of half an interval. */
    readonly epsilon: number;
}
/**
 * Returns f'_smooth(x) = √(u² + ε²)^(1/k - 1) / k, which bounds f' without a clip (arXiv 2501.17116, appendix C.3; the
 * root is inferred from the limit ε → 0, since the printed formula is damaged in the available text). Outside the
 * grid it is what it is at the outermost grid point.
 *
 * @param x - A value in units of the grid, that is, already divided by the scale.
 * @throws RangeError if k is below 1 or epsilon not positive.
 */
export declare function dgeSmoothDerivative(x: number, options: DgeSmoothOptions): number;
/**
 * Returns the largest value of {@link dgeSmoothDerivative}, ε^(1/k - 1) / k, taken at the midpoints. The ε whose bound
 * is a given clip is (k · clip)^(k / (1 - k)), for k > 1.
 *
 * @throws RangeError if k is below 1 or epsilon not positive.
 */
export declare function dgeSmoothBound(options: Pick<DgeSmoothOptions, 'k' | 'epsilon'>): number;
//# sourceMappingURL=smooth-derivative.d.ts.map