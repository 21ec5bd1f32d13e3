import { quantize } from '@nibble-ml/fp4-format';
import { clampToRanks } from '../clamp-outliers.ts';
import type { QuantileRanks } from '../quantile-ranks.ts';

/** Outputs of the op on typed arrays. */
export interface OccArrays {
  /** int32 `[rows, ceil(cols / 8)]`. */
  readonly words: Int32Array;
  /** float32 `[rows]`. */
  readonly scales: Float32Array;
  /** int32 `[rows, width]`. */
  readonly indices: Int32Array;
  /** float32 `[rows, width]`. */
  readonly values: Float32Array;
}

/** Bits of the NaN that marks the scale of a row with a NaN or infinity. */
const NAN_BITS = 0x7fc00000;

/**
 * The definition of the op: clamp each row to its quantiles, keep the difference, quantize the clamped row by
 * `scale = RN(amax / 6)` and nearest even E2M1 codes.
 *
 * A row that holds a NaN or infinity gets the scale NaN (bits 0x7fc00000), codes of magnitude 0 that keep their signs,
 * and no residual: as `fp4Quantize` of `@nibble-ml/fp4-gemm` has it.
 */
export function occQuantizeReference(
  x: Float32Array,
  rows: number,
  cols: number,
  ranks: QuantileRanks,
): OccArrays {
  const { clamped, indices, values } = clampToRanks(x, rows, cols, ranks);
  const signs = new Uint32Array(clamped.buffer);
  const badRows: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (clamped.subarray(row * cols, (row + 1) * cols).every(Number.isFinite)) continue;
    badRows.push(row);
    for (let i = row * cols; i < (row + 1) * cols; i++) signs[i]! &= 0x80000000;
  }
  const { words, scales } = quantize(clamped, rows, cols, { granularity: 'vector' });
  const scaleBits = new Uint32Array(scales.buffer, scales.byteOffset, rows);
  for (const row of badRows) scaleBits[row] = NAN_BITS;
  return { words, scales, indices, values };
}
