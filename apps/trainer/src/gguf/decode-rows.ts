import {
  BF16,
  decodeArray,
  dequantize,
  F16,
  unpackGgufMxfp4,
  unpackGgufNvfp4,
  unpackGgufQ8_0,
} from '@nibble-ml/fp4-format';
import type { GgufType } from '@nibble-ml/llama';
import type { ExportType } from './plan-gguf.ts';
import { exportTypes } from './plan-gguf.ts';

/** Whether a type is one that {@link decodeRows} reads. */
export function isReadType(type: GgufType): type is ExportType {
  return (exportTypes as readonly GgufType[]).includes(type);
}

/**
 * Decodes rows of a tensor to float32 `[rows, cols]`; exactly, but for NVFP4, where the two scales are multiplied in
 * float32.
 *
 * @param tensorScale - of NVFP4, the float32 beside the tensor
 * @throws RangeError when the length does not fit, or a scale is no number
 */
export function decodeRows(
  bytes: Uint8Array,
  type: ExportType,
  rows: number,
  cols: number,
  tensorScale: number = 1,
): Float32Array {
  switch (type) {
    case 'F32':
      return new Float32Array(aligned(bytes));
    case 'F16':
      return decodeArray(F16, new Uint16Array(aligned(bytes)));
    case 'BF16':
      return decodeArray(BF16, new Uint16Array(aligned(bytes)));
    case 'Q8_0':
      return unpackGgufQ8_0(bytes, rows, cols);
    case 'MXFP4':
      return dequantize(unpackGgufMxfp4(bytes, rows, cols));
    case 'NVFP4':
      return dequantize(unpackGgufNvfp4(bytes, rows, cols, tensorScale));
  }
}

/** The bytes in a buffer of their own: what was read may begin anywhere. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
