import { E4M3, E8M0, decode } from '@nibble-ml/fp4-format';

/** How the scale of a block is stored: float32, a power of two in a byte (MXFP4), or E4M3 in a byte (NVFP4). */
export type BlockScaleFormat = 'f32' | 'e8m0' | 'e4m3';

/** Returns how many 32-bit words the scales of a row of `blocks` blocks take. */
export function scaleWordsPerRow(format: BlockScaleFormat, blocks: number): number {
  return format === 'f32' ? blocks : Math.ceil(blocks / 4);
}

/** Returns scale codes `[rows, blocks]` as words `[rows, ceil(blocks / 4)]`, the first code in the lowest bits. */
export function packScaleCodes(scaleCodes: Uint8Array, rows: number, blocks: number): Int32Array {
  const stride = Math.ceil(blocks / 4);
  const words = new Int32Array(rows * stride);
  const bytes = new Uint8Array(words.buffer);
  for (let row = 0; row < rows; row++) {
    bytes.set(scaleCodes.subarray(row * blocks, (row + 1) * blocks), row * stride * 4);
  }
  return words;
}

/**
 * Returns what multiplies on decode, float32 `[rows, blocks]`: the scales as they are, the powers of two, or E4M3 values
 * times `tensorScale`, rounded to float32.
 */
export function decodeBlockScales(
  format: BlockScaleFormat,
  stored: Float32Array | Int32Array,
  tensorScale: number,
  rows: number,
  blocks: number,
): Float32Array {
  if (format === 'f32') return stored as Float32Array;
  const table = Float32Array.from({ length: 256 }, (_, code) =>
    format === 'e8m0' ? decode(E8M0, code) : decode(E4M3, code) * tensorScale,
  );
  const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  const stride = Math.ceil(blocks / 4) * 4;
  const scales = new Float32Array(rows * blocks);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++, i++) scales[i] = table[bytes[row * stride + block]!]!;
  }
  return scales;
}
