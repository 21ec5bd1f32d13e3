import type { Tensor1D } from '@tensorflow/tfjs-core';

/**
 * A sparse float32 matrix `[rows, cols]` in compressed rows (CSR), with room for `capacity` entries in all, so that its
 * shapes do not depend on the data. A row may hold any number of them: the outliers of a tensor gather in few of its rows.
 */
export interface CompressedRows {
  /** Rows of the dense matrix. */
  readonly rows: number;
  /** Columns of the dense matrix. */
  readonly cols: number;
  /** Most entries that there can be. */
  readonly capacity: number;
  /** int32 `[rows + 1]`: the entries of row m are those from `starts[m]` up to `starts[m + 1]`. */
  readonly starts: Tensor1D;
  /** int32 `[capacity]`: columns, ascending in each row; 0 beyond the last entry. */
  readonly columns: Tensor1D;
  /** float32 `[capacity]`; 0 beyond the last entry. */
  readonly values: Tensor1D;
}

/** Disposes the starts, columns and values. */
export function disposeCompressedRows({ starts, columns, values }: CompressedRows): void {
  starts.dispose();
  columns.dispose();
  values.dispose();
}
