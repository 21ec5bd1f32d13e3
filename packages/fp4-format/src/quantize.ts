import type { ElementFormat } from './element-format.ts';
import { writeEncodeThresholds } from './e2m1.ts';
import { E2M1 } from './formats.ts';
import type { Granularity } from './granularity.ts';
import { packCodes, unpackCodes, wordsPerRow } from './pack.ts';
import {
  dequantizeCodes,
  quantizeCodes,
  scaleBlocks,
  type QuantizeOptions,
  type ScaledBlocks,
} from './quantize-codes.ts';
import type { Scales } from './scale.ts';

/** A matrix of packed 4-bit codes with their scales. */
export interface Quantized extends Scales {
  /** Codes `[rows, wordsPerRow(cols)]`, 8 to a word, as `packCodes` lays them out. */
  readonly words: Int32Array;
  /** Rows of the matrix. */
  readonly rows: number;
  /** Columns of the matrix. */
  readonly cols: number;
  /** The element format. */
  readonly format: ElementFormat;
  /** Which elements share a scale. */
  readonly granularity: Granularity;
}

/**
 * Quantizes a matrix `[rows, cols]` to a 4-bit format and packs the codes 8 to a word.
 *
 * Same codes and scales as `quantizeCodes`; E2M1 with nearest-even rounding takes an integer ladder on the bits of x.
 *
 * @example
 * ```ts
 * const q = quantize(new Float32Array([6, -3, 0.2, 1]), 1, 4);
 * q.scales[0]; // 1
 * dequantize(q); // [6, -3, 0, 1]
 * ```
 * @throws RangeError if x has another length than rows · cols or is not finite (naming the index); TypeError if the
 *   format is not 4 bits wide or an option is of the wrong kind.
 */
export function quantize(
  x: Float32Array,
  rows: number,
  cols: number,
  options: QuantizeOptions = {},
): Quantized {
  const { format = E2M1, granularity = 'vector', rounding = 'nearestEven' } = options;
  if (format.bits !== 4) {
    throw new TypeError(`quantize: format must have 4 bits, but got ${format.name}; use quantizeCodes`);
  }
  if (format === E2M1 && rounding === 'nearestEven') {
    const blocks = scaleBlocks('quantize', x, rows, cols, options);
    const { layout, divisors: _, hasNonFinite, ...scales } = blocks;
    // A word must not straddle two blocks.
    if (!hasNonFinite && (layout.scaleCols <= 1 || layout.blockCols % 8 === 0)) {
      return { words: encodeWords(x, rows, cols, blocks), rows, cols, format, granularity, ...scales };
    }
  }
  const { codes, ...rest } = quantizeCodes(x, rows, cols, options);
  return { words: packCodes(codes, rows, cols), ...rest };
}

/**
 * Returns float32(value · scale) of every code, `[rows, cols]`.
 *
 * @throws RangeError if words or scales have another length than the shape and granularity ask for.
 */
export function dequantize(quantized: Omit<Quantized, 'scaleCodes' | 'tensorScale'>): Float32Array {
  const { words, ...rest } = quantized;
  return dequantizeCodes({ ...rest, codes: unpackCodes(words, rest.rows, rest.cols) });
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
  const { format = E2M1 } = options;
  if (format.bits === 4) return dequantize(quantize(x, rows, cols, options));
  return dequantizeCodes(quantizeCodes(x, rows, cols, options));
}

/** The integer ladder of `encodeThresholds`, a word at a time, on finite input. */
function encodeWords(x: Float32Array, rows: number, cols: number, blocks: ScaledBlocks): Int32Array {
  const { divisors, layout } = blocks;
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  const words = new Int32Array(rows * wordsPerRow(cols));
  const thresholds = new Int32Array(7);
  let word = 0;
  for (let row = 0; row < rows; row++) {
    let block = Math.floor(row / layout.blockRows) * layout.scaleCols;
    for (let col = 0; col < cols; col += layout.blockCols, block++) {
      writeEncodeThresholds(divisors[block]!, thresholds);
      const start = row * cols + col;
      const end = row * cols + Math.min(col + layout.blockCols, cols);
      word = encodeSegment(bits, start, end, thresholds, words, word);
    }
  }
  return words;
}

/** Encodes one run of elements under one scale; returns the index of the word after the last one written. */
function encodeSegment(
  bits: Int32Array,
  start: number,
  end: number,
  thresholds: Int32Array,
  words: Int32Array,
  firstWord: number,
): number {
  const t0 = thresholds[0]!;
  const t1 = thresholds[1]!;
  const t2 = thresholds[2]!;
  const t3 = thresholds[3]!;
  const t4 = thresholds[4]!;
  const t5 = thresholds[5]!;
  const t6 = thresholds[6]!;
  let word = firstWord;
  for (let i = start; i < end; i += 8, word++) {
    const last = Math.min(i + 8, end);
    let packed = 0;
    for (let j = i, shift = 0; j < last; j++, shift += 4) {
      const b = bits[j]!;
      const a = b & 0x7fffffff;
      // Both sides are below 2^31, so the sign of the difference is the comparison, without a branch.
      const magnitude =
        ((t0 - a) >>> 31) +
        ((t1 - a) >>> 31) +
        ((t2 - a) >>> 31) +
        ((t3 - a) >>> 31) +
        ((t4 - a) >>> 31) +
        ((t5 - a) >>> 31) +
        ((t6 - a) >>> 31);
      packed |= (((b >>> 31) << 3) | magnitude) << shift;
    }
    words[word] = packed;
  }
  return word;
}
