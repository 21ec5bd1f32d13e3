import type { ElementFormat } from '@nibble-ml/fp4-format';
/** The gap between two neighbouring representable values; the surrogate has one S-curve in each. */
export interface DgeInterval {
    /** The lower of the two values. */
    readonly left: number;
    /** The upper of the two values. */
    readonly right: number;
}
/** The finite values of a format, ascending, each once (both zeros are one value). Shared: do not write to it. */
export declare function edgesOf(format: ElementFormat): Float64Array;
/**
 * Returns the intervals between neighbouring finite values of a format, ascending: 14 for E2M1, from [-6, -4] to
 * [4, 6] (arXiv 2501.17116, section 3.1).
 *
 * @param format - Any element format; default E2M1.
 */
export declare function dgeIntervals(format?: ElementFormat): DgeInterval[];
/** Index of the interval that holds x: the last one whose left edge is not above x; the outermost ones go on outside. */
export declare function intervalIndex(edges: Float64Array, x: number): number;
//# sourceMappingURL=intervals.d.ts.map