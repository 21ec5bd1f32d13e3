import { E2M1_VALUES } from './e2m1.ts';
import type { ScaleLayout } from './granularity.ts';
import { wordsPerRow } from './pack.ts';

/** The code of the largest E2M1 magnitude not above k / 2, for k = 0..12. */
const LOWER_CODES = Uint8Array.of(0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 6, 6, 7);
const MAGNITUDES = Float64Array.from(E2M1_VALUES.slice(0, 8));
/** 2^24 over the step from each magnitude to the next; 7 is the last, so its entry meets only a difference of 0. */
const CHANCES_PER_STEP = Float64Array.of(2, 2, 2, 2, 1, 1, 0.5, 0).map((inverse) => inverse * 2 ** 24);

/**
 * Returns stochastically rounded E2M1 codes, packed 8 to a word: the bits of `encodeBlocks`, without its generality.
 *
 * @param x - Finite values `[rows, cols]`.
 * @param layout - Its blocks must start on word boundaries: one block per row, or blockCols a multiple of 8.
 * @param divisors - One non-negative finite float32 per block; 0 where the block counts as zero.
 * @param randomBits - One uniform unsigned 32-bit integer per element.
 */
export function encodeWordsStochastic(
  x: Float32Array,
  rows: number,
  cols: number,
  layout: ScaleLayout,
  divisors: Float32Array,
  randomBits: Uint32Array,
): Int32Array {
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  const words = new Int32Array(rows * wordsPerRow(cols));
  let word = 0;
  for (let row = 0; row < rows; row++) {
    let block = Math.floor(row / layout.blockRows) * layout.scaleCols;
    for (let col = 0; col < cols; col += layout.blockCols, block++) {
      const start = row * cols + col;
      const end = row * cols + Math.min(col + layout.blockCols, cols);
      word = encodeSegment(x, bits, start, end, divisors[block]!, randomBits, words, word);
    }
  }
  return words;
}

/** Encodes one run of elements under one scale; returns the index of the word after the last one written. */
function encodeSegment(
  x: Float32Array,
  bits: Int32Array,
  start: number,
  end: number,
  divisor: number,
  randomBits: Uint32Array,
  words: Int32Array,
  firstWord: number,
): number {
  // A block that counts as zero has the scale 0, and codes of magnitude 0.
  const inverse = divisor === 0 ? 0 : Math.fround(1 / divisor);
  let word = firstWord;
  for (let i = start; i < end; i += 8, word++) {
    const last = Math.min(i + 8, end);
    let packed = 0;
    for (let j = i, shift = 0; j < last; j++, shift += 4) {
      // The same float32 quotient as in encodeBlocks; the steps below are exact.
      const quotient = Math.min(Math.fround(Math.abs(x[j]!) * inverse), 6);
      const lower = LOWER_CODES[(quotient * 2) | 0]!;
      const chance = (quotient - MAGNITUDES[lower]!) * CHANCES_PER_STEP[lower]!;
      const magnitude = randomBits[j]! >>> 8 < chance ? lower + 1 : lower;
      packed |= (((bits[j]! >>> 31) << 3) | magnitude) << shift;
    }
    words[word] = packed;
  }
  return word;
}
