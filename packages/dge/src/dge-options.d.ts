import type { ElementFormat } from '@nibble-ml/fp4-format';
/** The shape of the surrogate. */
export interface DgeSurrogateOptions {
    /** How closely the surrogate follows the staircase, at least 1; 1 is the identity. Default 5, as in the paper. */
    readonly k?: number;
    /** The element format whose values are the steps. Default E2M1. */
    readonly format?: ElementFormat;
}
/**
 * What f' is outside the outermost values of the grid (±6 for E2M1).
 *
 * - `'edge'`: 1/k, its value at the outermost grid point, so that f' is continuous and even. With absmax scaling a
 *   weight lies outside only because its scale was rounded; 0 there would cut off the largest weight of a channel.
 * - `'msAmp'`: as the released code (MS-AMP, `fp4_quantize`): 0 above the grid; below it the formula of the first
 *   interval goes on, |x + 5|^(1/k - 1) / k for E2M1.
 */
export type DgeOutside = 'edge' | 'msAmp';
/** Options of the clipped derivative. */
export interface DgeDerivativeOptions extends DgeSurrogateOptions {
    /** Upper bound of f', positive. Default 3, as in the paper. */
    readonly clip?: number;
    /** What f' is outside the grid. Default `'edge'`. */
    readonly outside?: DgeOutside;
}
/** The k of arXiv 2501.17116, section 4.1. */
export declare const DEFAULT_K = 5;
/** The clip of arXiv 2501.17116, section 3.1. */
export declare const DEFAULT_CLIP = 3;
/** Throws a RangeError unless k is at least 1 and finite. */
export declare function checkK(caller: string, k: number): void;
/** Throws a RangeError unless clip is positive and finite. */
export declare function checkClip(caller: string, clip: number): void;
/** Throws a TypeError unless `outside` names a behaviour. */
export declare function checkOutside(caller: string, outside: DgeOutside): void;
//# sourceMappingURL=dge-options.d.ts.map