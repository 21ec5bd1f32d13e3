import { decodeScales, MAX_SCALE_CODE, scaleCodesOf } from './block-codes.ts';
import { E2M1 } from './formats.ts';
import { packGgufBlocks, unpackGgufBlocks, type GgufBlockType } from './gguf-blocks.ts';
import { packCodes, unpackCodes } from './pack.ts';
import type { Quantized } from './quantize.ts';

const MXFP4: GgufBlockType = { elements: 32, groupElements: 32, maxScaleCode: MAX_SCALE_CODE.mxfp4 };

/**
 * Returns the bytes of a GGUF tensor of type MXFP4, `[rows, cols / 32 · 17]`: for each block of 32 its E8M0 code, then
 * 16 bytes, of which byte j holds the code of element j in the low and that of element j + 16 in the high nibble
 * (`block_mxfp4` of ggml). OCP MX pairs neighbours instead: see `packMxfp4`.
 *
 * @param quantized - E2M1 with granularity `{ block: 32 }` and scale `'e8m0Floor'` or `'e8m0Ceil'`; cols must be a
 *   multiple of 32.
 * @throws RangeError if a size does not fit or a scale code is NaN; TypeError if format or scales are of another kind.
 */
export function packGgufMxfp4(quantized: Quantized): Uint8Array {
  const { words, ...matrix } = quantized;
  scaleCodesOf('packGgufMxfp4', 'mxfp4', matrix);
  const codes = unpackCodes(words, matrix.rows, matrix.cols);
  return packGgufBlocks('packGgufMxfp4', MXFP4, matrix, codes);
}

/**
 * Reads what {@link packGgufMxfp4} or llama.cpp wrote.
 *
 * @throws RangeError if cols is no multiple of 32, the length is not rows · cols / 32 · 17, or a scale is NaN.
 */
export function unpackGgufMxfp4(bytes: Uint8Array, rows: number, cols: number): Quantized {
  const { codes, scaleCodes } = unpackGgufBlocks('unpackGgufMxfp4', MXFP4, bytes, rows, cols);
  const scales = decodeScales('mxfp4', scaleCodes, 1);
  const words = packCodes(codes, rows, cols);
  return { rows, cols, format: E2M1, granularity: { block: 32 }, scales, scaleCodes, words };
}
