import { writeEncodeThresholds } from './e2m1.ts';
import type { ScaleLayout } from './granularity.ts';
import { wordsPerRow } from './pack.ts';

/**
 * Returns nearest-even E2M1 codes, packed 8 to a word, by the integer ladder of `encodeThresholds`: a word at a time,
 * without a division.
 *
 * @param x - Finite values `[rows, cols]`.
 * @param layout - Its blocks must start on word boundaries: one block per row, or blockCols a multiple of 8.
 * @param scales - One non-negative finite float32 per block.
 */
export function encodeWords(
  x: Float32Array,
  rows: number,
  cols: number,
  layout: ScaleLayout,
  scales: Float32Array,
): Int32Array {
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  const words = new Int32Array(rows * wordsPerRow(cols));
  const thresholds = new Int32Array(7);
  let word = 0;
  for (let row = 0; row < rows; row++) {
    let block = Math.floor(row / layout.blockRows) * layout.scaleCols;
    for (let col = 0; col < cols; col += layout.blockCols, block++) {
      writeEncodeThresholds(scales[block]!, thresholds);
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
