import { quantize } from '@nibble-ml/fp4-format';

/** Packed codes and scales on typed arrays. */
export interface QuantizedArrays {
  /** int32 `[rows, ceil(cols / 8)]`. */
  readonly words: Int32Array;
  /** float32 `[rows]` or `[1]`. */
  readonly scales: Float32Array;
}

/**
 * The definition of `Fp4Quantize`: E2M1 codes of x / scale with `scale = RN(amax / 6)`, ties to even, as
 * `quantize` of `@nibble-ml/fp4-format` gives them.
 *
 * A GPU cannot throw on data, so a NaN or infinity is not an error here: the whole row (or tensor) that holds it gets
 * the scale NaN (bits 0x7fc00000) and codes of magnitude 0 that keep their signs. Every product with it is NaN, and the
 * check of the loss finds it.
 */
export function quantizeReference(
  x: Float32Array,
  rows: number,
  cols: number,
  granularity: 'vector' | 'tensor',
): QuantizedArrays {
  const blockSize = granularity === 'vector' ? cols : rows * cols;
  const finite = x.slice();
  const badBlocks: number[] = [];
  for (let start = 0, block = 0; start < x.length; start += blockSize, block++) {
    const values = finite.subarray(start, start + blockSize);
    if (values.every(Number.isFinite)) continue;
    badBlocks.push(block);
    keepOnlySigns(values);
  }
  const { words, scales } = quantize(finite, rows, cols, { granularity });
  const scaleBits = new Uint32Array(scales.buffer, scales.byteOffset, scales.length);
  for (const block of badBlocks) scaleBits[block] = 0x7fc00000;
  return { words, scales };
}

function keepOnlySigns(values: Float32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) bits[i]! &= 0x80000000;
}
