import { packGgufMxfp4, packGgufNvfp4, packGgufQ8_0, quantize, repeatBlockRows } from '@nibble-ml/fp4-format';
import type { Quantized } from '@nibble-ml/fp4-format';
import { encodeFloats } from '@nibble-ml/llama';
import type { GgufType } from '@nibble-ml/llama';
import type { WeightRounding } from './weight-rounding.ts';
import { roundedValues } from './weight-rounding.ts';

/** A parameter as bytes of a type, whole rows. */
export interface ParameterBytes {
  /** Row after row. */
  readonly bytes: Uint8Array;
  readonly rowBytes: number;
  /** Of NVFP4, the float32 that multiplies every scale, for which the blocks have no place. */
  readonly tensorScale?: number;
}

/**
 * Encodes a parameter `[rows, cols]` in a type. In MXFP4 and NVFP4 the blocks hold the codes and scales that the
 * rounding gives, and nothing is rounded after it; in F16, BF16 and Q8_0 its values are rounded to the type.
 *
 * @param fileCols - length of a row in the file, filled up with zeros
 * @throws RangeError when a value is not finite, or beyond the range of the type
 */
export function encodeParameter(
  values: Float32Array,
  [rows, cols]: readonly [rows: number, cols: number],
  fileCols: number,
  type: GgufType,
  rounding: WeightRounding,
): ParameterBytes {
  const padded = padColumns(values, rows, cols, fileCols);
  if (type === 'MXFP4' || type === 'NVFP4') {
    if (typeof rounding === 'string') {
      throw new TypeError(`encodeParameter: ${type} must be quantized, but got rounding ${rounding}`);
    }
    return blockBytes(type, repeatBlockRows(quantize(padded, rows, fileCols, rounding)));
  }
  const rounded = roundedValues(padded, rows, fileCols, rounding);
  const bytes = type === 'Q8_0' ? packGgufQ8_0(rounded, rows, fileCols) : floatBytes(rounded, type);
  return { bytes, rowBytes: bytes.length / rows };
}

function blockBytes(type: 'MXFP4' | 'NVFP4', quantized: Quantized): ParameterBytes {
  const bytes = type === 'MXFP4' ? packGgufMxfp4(quantized) : packGgufNvfp4(quantized);
  const rowBytes = bytes.length / quantized.rows;
  return type === 'MXFP4' ? { bytes, rowBytes } : { bytes, rowBytes, tensorScale: quantized.tensorScale! };
}

function floatBytes(values: Float32Array, type: GgufType): Uint8Array {
  if (type === 'F32' || type === 'F16' || type === 'BF16') return encodeFloats(values, type);
  throw new TypeError(`encodeParameter: type must be one that is exported, but got ${type}`);
}

/**
 * Takes rows of a parameter's bytes in another order; -1 is a row of zeros. All bits zero is 0 in every type here.
 *
 * @param rows - indices of rows, of a vector those of its entries
 */
export function takeRows({ bytes, rowBytes }: ParameterBytes, rows: Int32Array): Uint8Array {
  const taken = new Uint8Array(rows.length * rowBytes);
  for (const [to, from] of rows.entries()) {
    if (from >= 0) taken.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), to * rowBytes);
  }
  return taken;
}

function padColumns(values: Float32Array, rows: number, cols: number, fileCols: number): Float32Array {
  if (fileCols === cols) return values;
  const padded = new Float32Array(rows * fileCols);
  for (let row = 0; row < rows; row++) {
    padded.set(values.subarray(row * cols, (row + 1) * cols), row * fileCols);
  }
  return padded;
}
