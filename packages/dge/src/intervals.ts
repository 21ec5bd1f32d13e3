import { decodeTable, E2M1 } from '@nibble-ml/fp4-format';
import type { ElementFormat } from '@nibble-ml/fp4-format';

/** The gap between two neighbouring representable values; the surrogate has one S-curve in each. */
export interface DgeInterval {
  /** The lower of the two values. */
  readonly left: number;
  /** The upper of the two values. */
  readonly right: number;
}

const edgesByFormat = new WeakMap<ElementFormat, Float64Array>();

/** The finite values of a format, ascending, each once (both zeros are one value). Shared: do not write to it. */
export function edgesOf(format: ElementFormat): Float64Array {
  let edges = edgesByFormat.get(format);
  if (edges === undefined) {
    // Adding 0 turns -0 into 0.
    const values = Array.from(decodeTable(format), (value) => value + 0).filter((value) =>
      Number.isFinite(value),
    );
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
export function dgeIntervals(format: ElementFormat = E2M1): DgeInterval[] {
  const edges = edgesOf(format);
  return Array.from(edges.subarray(1), (right, index) => ({ left: edges[index]!, right }));
}

/** Index of the interval that holds x: the last one whose left edge is not above x; the outermost ones go on outside. */
export function intervalIndex(edges: Float64Array, x: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= x) low = middle;
    else high = middle;
  }
  return low;
}
