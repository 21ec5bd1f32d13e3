import { normalFloats } from '@nibble-ml/testing';
import type { GemmOp } from '../contest/task.ts';

/** The operands of a task, the same in every process. */
export interface Operands {
  /** Activations `[M, K]`. */
  readonly xMK: Float32Array;
  /** Weights `[N, K]`. */
  readonly wNK: Float32Array;
  /** Output gradients `[M, N]`. */
  readonly dyMN: Float32Array;
}

/** Seed of the gradients that are rounded to INT8. */
export const int8Seed = 4;

/** Normally distributed operands, the same for a shape every time. */
export function operandsOf([m, k, n]: readonly [number, number, number]): Operands {
  return {
    xMK: normalFloats(m * k, 1),
    wNK: normalFloats(n * k, 2, 0.02),
    dyMN: normalFloats(m * n, 3, 0.001),
  };
}

/** The transpose `[cols, rows]` of a matrix `[rows, cols]`. */
export function transposed(matrix: Float32Array, rows: number, cols: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) result[col * rows + row] = matrix[row * cols + col]!;
  }
  return result;
}

/** Rows and columns of the result: Y `[M, N]`, dX `[M, K]`, dW `[N, K]`. */
export function resultShape(op: GemmOp, [m, k, n]: readonly [number, number, number]): [number, number] {
  if (op === 'dgrad') return [m, k];
  return op === 'wgrad' ? [n, k] : [m, n];
}

/** The rows of a result that are checked: four, spread over all. */
export function sampledRows(rows: number): number[] {
  return [...new Set([0, Math.floor(rows / 3), Math.floor((2 * rows) / 3), rows - 1])];
}

/** The sampled rows of a whole result, one after the other. */
export function sampleRows(result: Float32Array, rows: number, cols: number): Float32Array {
  const sampled = sampledRows(rows);
  const values = new Float32Array(sampled.length * cols);
  for (const [index, row] of sampled.entries()) {
    values.set(result.subarray(row * cols, (row + 1) * cols), index * cols);
  }
  return values;
}
