import { E2M1, dequantize } from '@nibble-ml/fp4-format';
import type { Granularity } from '@nibble-ml/fp4-format';

/** The definition of `Fp4Dequantize`: RN(value(code) · scale), `[rows, cols]`; scales of blocks are `[rows, blocks]`. */
export function dequantizeReference(
  words: Int32Array,
  scales: Float32Array,
  rows: number,
  cols: number,
  granularity: Granularity,
): Float32Array {
  return dequantize({ words, scales, rows, cols, granularity, format: E2M1 });
}
