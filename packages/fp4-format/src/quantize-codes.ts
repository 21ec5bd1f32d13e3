import { sharedDecodeTable } from './decode.ts';
import type { ElementFormat } from './element-format.ts';
import { encodeValue } from './encode.ts';
import { scaleLayout } from './granularity.ts';
import {
  scaleBlocks,
  type QuantizedMatrix,
  type QuantizeOptions,
  type ScaledBlocks,
} from './scale-blocks.ts';
import { checkMatrix } from './shape.ts';

/** Codes, one a byte, with their scales. */
export interface QuantizedCodes extends QuantizedMatrix {
  /** Codes `[rows, cols]`, row-major, one a byte. */
  readonly codes: Uint8Array;
}

/**
 * Quantizes a matrix `[rows, cols]` to codes of any signed format of at most 8 bits, one a byte.
 *
 * Each code is the exact real quotient x / scale, rounded once, saturated at the format's maximum, with the sign
 * carried. Under stochastic rounding the quotient is RN(|x| · RN(1 / scale)) in float32 instead, which SIMD units and
 * GPUs get without a division per element. Blocks with amax below `MIN_AMAX` get codes of magnitude 0.
 *
 * @throws RangeError if x, randomBits or the clip factors have another length than they must, a clip factor is not in
 *   (0, 1], a block size is no positive integer, or x is not finite under `nonFinite: 'error'` (or NaN under `'gfloat'`
 *   in a format without NaN; naming the index); TypeError if an option is of the wrong kind.
 */
export function quantizeCodes(
  x: Float32Array,
  rows: number,
  cols: number,
  options: QuantizeOptions = {},
): QuantizedCodes {
  const blocks = scaleBlocks('quantizeCodes', x, rows, cols, options);
  return { ...blocks.matrix, codes: encodeBlocks('quantizeCodes', x, blocks, options) };
}

/** The definition of the codes under given scales, `[rows, cols]`; every faster path is tested against it. */
export function encodeBlocks(
  caller: string,
  x: Float32Array,
  blocks: ScaledBlocks,
  options: QuantizeOptions,
): Uint8Array {
  const { matrix, layout, divisors, encoder } = blocks;
  const { rows, cols, format } = matrix;
  const { name = 'x', randomBits } = options;
  const quotientOf = encoder.rounding === 'stochastic' ? stochasticQuotient(format) : exactQuotient;
  const codes = new Uint8Array(x.length);
  // The sign is read from the bits: -0 and NaN have one too.
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  for (let row = 0, i = 0; row < rows; row++) {
    const scaleRow = Math.floor(row / layout.blockRows) * layout.scaleCols;
    for (let col = 0; col < cols; col++, i++) {
      const value = x[i]!;
      const divisor = divisors[scaleRow + Math.floor(col / layout.blockCols)]!;
      const quotient = !Number.isFinite(value) ? value : divisor === 0 ? 0 : quotientOf(value, divisor);
      codes[i] = encodeValue(
        format,
        quotient,
        bits[i]! < 0,
        encoder,
        randomBits === undefined ? 0 : randomBits[i]!,
        (must) => `${caller}: ${name} must ${must}, but ${name}[${i}] is ${value}`,
      );
    }
  }
  return codes;
}

/**
 * The float64 quotient cannot round onto a tie: a float32 and the product of a float32 with a midpoint of at most 5
 * significant bits are equal or differ by more than 2^-30 of themselves.
 */
function exactQuotient(value: number, divisor: number): number {
  return value / divisor;
}

/** The magnitude that is rounded stochastically: two float32 roundings, and no more than what amax is scaled to. */
function stochasticQuotient(format: ElementFormat): (value: number, divisor: number) => number {
  return (value, divisor) =>
    Math.min(Math.fround(Math.abs(value) * Math.fround(1 / divisor)), format.scaleTarget);
}

/**
 * Returns float32(value · scale) of every code, `[rows, cols]`.
 *
 * @throws RangeError if codes or scales have another length than the shape and granularity ask for, or a code is too
 *   large for the format.
 */
export function dequantizeCodes(quantized: QuantizedCodes): Float32Array {
  const { codes, rows, cols, format, granularity, scales } = quantized;
  checkMatrix('dequantizeCodes', 'codes', codes.length, rows, cols);
  const layout = scaleLayout(rows, cols, granularity);
  checkMatrix('dequantizeCodes', 'scales', scales.length, layout.scaleRows, layout.scaleCols);
  const table = sharedDecodeTable(format);
  const values = new Float32Array(codes.length);
  for (let row = 0, i = 0; row < rows; row++) {
    const scaleRow = Math.floor(row / layout.blockRows) * layout.scaleCols;
    for (let col = 0; col < cols; col++, i++) {
      const code = codes[i]!;
      if (code >= table.length) {
        throw new RangeError(
          `dequantizeCodes: codes must be below ${table.length}, but codes[${i}] is ${code}`,
        );
      }
      values[i] = table[code]! * scales[scaleRow + Math.floor(col / layout.blockCols)]!;
    }
  }
  return values;
}
