import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * A sparse float32 matrix `[rows, cols]` with room for `width` entries in each row, so that its shapes do not depend
 * on the data. The used slots of a row come first, in ascending column order, and hold non-zero values; the other
 * slots have index 0 and value 0.
 */
export interface SparseRows {
  /** Rows of the dense matrix. */
  readonly rows: number;
  /** Columns of the dense matrix. */
  readonly cols: number;
  /** Slots in each row, R. */
  readonly width: number;
  /** int32 `[rows, width]`: columns. */
  readonly indices: Tensor2D;
  /** float32 `[rows, width]`. */
  readonly values: Tensor2D;
}

/** Disposes the indices and values. */
export function disposeSparseRows({ indices, values }: SparseRows): void {
  indices.dispose();
  values.dispose();
}
