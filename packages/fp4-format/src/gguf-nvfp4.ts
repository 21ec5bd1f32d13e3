import { decodeScales, MAX_SCALE_CODE, scaleCodesOf, tensorScaleOf } from './block-codes.ts';
import { E2M1 } from './formats.ts';
import { packGgufBlocks, unpackGgufBlocks, type GgufBlockType } from './gguf-blocks.ts';
import { packCodes, unpackCodes } from './pack.ts';
import type { Quantized } from './quantize.ts';

const NVFP4: GgufBlockType = { elements: 64, groupElements: 16, maxScaleCode: MAX_SCALE_CODE.nvfp4 };

/**
 * Returns the bytes of a GGUF tensor of type NVFP4, `[rows, cols / 64 · 36]`: for each 64 elements the E4M3 codes of
 * their four groups of 16, then 8 bytes per group, of which byte j holds the code of element j in the low and that of
 * element j + 8 in the high nibble (`block_nvfp4` of ggml).
 *
 * The blocks have no place for `tensorScale`; llama.cpp keeps it in a tensor of its own.
 *
 * @param quantized - E2M1 with granularity `{ block: 16 }` and scale `'e4m3'`; cols must be a multiple of 64.
 * @throws RangeError if a size does not fit or a scale code is NaN or negative; TypeError if format or scales are of
 *   another kind.
 */
export function packGgufNvfp4(quantized: Quantized): Uint8Array {
  const { words, ...matrix } = quantized;
  scaleCodesOf('packGgufNvfp4', 'nvfp4', matrix);
  const codes = unpackCodes(words, matrix.rows, matrix.cols);
  return packGgufBlocks('packGgufNvfp4', NVFP4, matrix, codes);
}

/**
 * Reads what {@link packGgufNvfp4} or llama.cpp wrote.
 *
 * @param tensorScale - The float32 of the tensor beside it; 1 where there is none.
 * @throws RangeError if cols is no multiple of 64, the length is not rows · cols / 64 · 36, a scale code is NaN or
 *   negative, or tensorScale is not a finite non-negative number.
 */
export function unpackGgufNvfp4(
  bytes: Uint8Array,
  rows: number,
  cols: number,
  tensorScale: number = 1,
): Quantized {
  const factor = tensorScaleOf('unpackGgufNvfp4', tensorScale);
  const { codes, scaleCodes } = unpackGgufBlocks('unpackGgufNvfp4', NVFP4, bytes, rows, cols);
  const scales = decodeScales('nvfp4', scaleCodes, factor);
  const words = packCodes(codes, rows, cols);
  const matrix = { rows, cols, format: E2M1, granularity: { block: 16 } } as const;
  return { ...matrix, scales, scaleCodes, tensorScale: factor, words };
}
