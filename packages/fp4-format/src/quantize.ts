import { encodeWordsStochastic } from './encode-words-stochastic.ts';
import { encodeWords } from './encode-words.ts';
import { E2M1 } from './formats.ts';
import { packCodes, unpackCodes } from './pack.ts';
import { dequantizeCodes, encodeBlocks } from './quantize-codes.ts';
import {
  scaleBlocks,
  type QuantizedMatrix,
  type QuantizeOptions,
  type ScaledBlocks,
} from './scale-blocks.ts';

/** A matrix of packed 4-bit codes with their scales. */
export interface Quantized extends QuantizedMatrix {
  /** Codes `[rows, wordsPerRow(cols)]`, 8 to a word, as `packCodes` lays them out. */
  readonly words: Int32Array;
}

/**
 * Quantizes a matrix `[rows, cols]` to a 4-bit format and packs the codes 8 to a word.
 *
 * Same codes and scales as `quantizeCodes`; E2M1 with nearest-even rounding takes an integer ladder on the bits of x,
 * and with stochastic rounding a table.
 *
 * @example
 * ```ts
 * const q = quantize(new Float32Array([6, -3, 0.2, 1]), 1, 4);
 * q.scales[0]; // 1
 * dequantize(q); // [6, -3, 0, 1]
 * ```
 * @throws RangeError if x, randomBits or the clip factors have another length than they must, a clip factor is not in
 *   (0, 1], a block size is no positive integer, or x is not finite under `nonFinite: 'error'` (or NaN under `'gfloat'`
 *   in a format without NaN; naming the index); TypeError if the format is not 4 bits wide or an option is of the wrong
 *   kind.
 */
export function quantize(
  x: Float32Array,
  rows: number,
  cols: number,
  options: QuantizeOptions = {},
): Quantized {
  const { format = E2M1 } = options;
  if (format.bits !== 4) {
    throw new TypeError(`quantize: format must have 4 bits, but got ${format.name}; use quantizeCodes`);
  }
  const blocks = scaleBlocks('quantize', x, rows, cols, options);
  const words =
    encodeFast(x, blocks, options) ?? packCodes(encodeBlocks('quantize', x, blocks, options), rows, cols);
  return { ...blocks.matrix, words };
}

/**
 * Returns float32(value · scale) of every code, `[rows, cols]`.
 *
 * @throws RangeError if words or scales have another length than the shape and granularity ask for.
 */
export function dequantize(quantized: Quantized): Float32Array {
  const { words, ...matrix } = quantized;
  return dequantizeCodes({ ...matrix, codes: unpackCodes(words, matrix.rows, matrix.cols) });
}

/**
 * Returns each element as it is after quantizing and dequantizing, `[rows, cols]` in float32, for any signed format of
 * at most 8 bits. Same options and errors as `quantizeCodes`.
 */
export function fakeQuantize(
  x: Float32Array,
  rows: number,
  cols: number,
  options: QuantizeOptions = {},
): Float32Array {
  const blocks = scaleBlocks('fakeQuantize', x, rows, cols, options);
  const words = encodeFast(x, blocks, options);
  const codes =
    words === undefined ? encodeBlocks('fakeQuantize', x, blocks, options) : unpackCodes(words, rows, cols);
  return dequantizeCodes({ ...blocks.matrix, codes });
}

/**
 * Returns the packed codes where a faster path than the definition knows them: E2M1 on finite input, if no word straddles
 * two blocks.
 */
export function encodeFast(
  x: Float32Array,
  { matrix, encoder, hasNonFinite, layout, divisors }: ScaledBlocks,
  { randomBits }: QuantizeOptions,
): Int32Array | undefined {
  const { rows, cols, format } = matrix;
  const isAligned = layout.scaleCols <= 1 || layout.blockCols % 8 === 0;
  if (format !== E2M1 || hasNonFinite || !isAligned) return undefined;
  if (encoder.rounding === 'nearestEven') return encodeWords(x, rows, cols, layout, divisors);
  if (encoder.rounding !== 'stochastic' || randomBits === undefined) return undefined;
  return encodeWordsStochastic(x, rows, cols, layout, divisors, randomBits);
}
