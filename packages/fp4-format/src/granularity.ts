import { checkCount } from './shape.ts';

/**
 * Which elements of a matrix `[rows, cols]` share a scale.
 *
 * - `'tensor'`: all of them.
 * - `'vector'`: each row (a token of an activation, an output channel of a weight stored `[N, K]`).
 * - `{ block: n }`: n neighbours along a row; the last block of a row may be shorter.
 * - `{ block: [r, c] }`: tiles of r rows and c columns; those at the lower and right edge may be smaller.
 */
export type Granularity =
  | 'tensor'
  | 'vector'
  | {
      /** Columns of a block, or the rows and columns of a tile; integers of at least 1. */
      readonly block: number | readonly [number, number];
    };

/** Where the scales of a matrix lie: tiles of `blockRows` x `blockCols`, scales row-major `[scaleRows, scaleCols]`. */
export interface ScaleLayout {
  /** Rows that share a scale. */
  readonly blockRows: number;
  /** Columns that share a scale. */
  readonly blockCols: number;
  /** Rows of the scale matrix. */
  readonly scaleRows: number;
  /** Columns of the scale matrix. */
  readonly scaleCols: number;
}

/**
 * Returns the layout of the scales of a matrix `[rows, cols]`. The scale of element (row, col) has the index
 * `floor(row / blockRows) * scaleCols + floor(col / blockCols)`.
 *
 * `'tensor'` has one scale and `'vector'` has one per row also when the matrix is empty.
 *
 * @throws RangeError if rows, cols or a block size is not an integer of at least 0, 0 and 1; TypeError if the
 *   granularity is of another kind.
 */
export function scaleLayout(rows: number, cols: number, granularity: Granularity): ScaleLayout {
  checkCount('scaleLayout', 'rows', rows);
  checkCount('scaleLayout', 'cols', cols);
  if (granularity === 'tensor') {
    return { blockRows: Math.max(rows, 1), blockCols: Math.max(cols, 1), scaleRows: 1, scaleCols: 1 };
  }
  if (granularity === 'vector')
    return { blockRows: 1, blockCols: Math.max(cols, 1), scaleRows: rows, scaleCols: 1 };
  const block: unknown = (granularity as { block?: unknown } | null)?.block;
  const sizes: readonly unknown[] =
    typeof block === 'number' ? [1, block] : Array.isArray(block) ? block : [];
  const [blockRows, blockCols] = sizes;
  if (sizes.length !== 2 || typeof blockRows !== 'number' || typeof blockCols !== 'number') {
    throw new TypeError(
      `scaleLayout: granularity must be 'tensor', 'vector', { block: n } or { block: [r, c] }, but got ${JSON.stringify(granularity)}`,
    );
  }
  for (const size of [blockRows, blockCols]) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`scaleLayout: a block size must be a positive integer, but got ${size}`);
    }
  }
  return {
    blockRows,
    blockCols,
    scaleRows: Math.ceil(rows / blockRows),
    scaleCols: Math.ceil(cols / blockCols),
  };
}
