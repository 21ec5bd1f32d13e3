import { decodeTable, E2M1 } from '@nibble-ml/fp4-format';
const edgesByFormat = new WeakMap();
/** The finite values of a format, ascending, each once (both zeros are one value). Shared: do not write to it. */
export function edgesOf(format) {
    let edges = edgesByFormat.get(format);
    if (edges === undefined) {
        // Adding 0 turns -0 into 0.
        const values = Array.from(decodeTable(format), (value) => value + 0).filter((value) => Number.isFinite(value));
        edges = Float64Array.from(new Set(values)).toSorted();
        edgesByFormat.set(format, edges);
    }
    return edges;
}
/**
 * Returns the intervals between neighbouring finite values of a format, ascending: 14 for E2M1, from [-6, -4] to
 * [4, 6] (arXiv 2501.17116, section 3.1).
 *
 * @param format - Any element format; default E2M1.
 */
export function dgeIntervals(format = E2M1) {
    const edges = edgesOf(format);
    return Array.from(edges.subarray(1), (right, index) => ({ left: edges[index], right }));
}
/** Index of the interval that holds x: the last one whose left edge is not above x; the outermost ones go on outside. */
export function intervalIndex(edges, x) {
    let low = 0;
    let high = edges.length - 1;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (edges[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    return low;
}
//# sourceMappingURL=intervals.js.map