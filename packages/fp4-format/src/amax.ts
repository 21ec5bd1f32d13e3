import type { ScaleLayout } from './granularity.ts';

/** The largest finite magnitude of each block, and where the first NaN or infinity stands. */
export interface BlockAmax {
  /** One float32 per block, in the order of the scales; 0 for a block without finite elements. */
  readonly amaxes: Float32Array;
  /** Index of the first element that is NaN or infinite, or -1. */
  readonly firstNonFinite: number;
}

/**
 * Returns the largest finite magnitude of each block of a matrix, found on the bits.
 *
 * @param x - `[rows, cols]`, row-major.
 * @param layout - That of `scaleLayout(rows, cols, …)`; not checked.
 */
export function blockAmax(x: Float32Array, rows: number, cols: number, layout: ScaleLayout): BlockAmax {
  const { blockRows, blockCols, scaleRows, scaleCols } = layout;
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  const amaxes = new Float32Array(scaleRows * scaleCols);
  const amaxBits = new Int32Array(amaxes.buffer);
  let firstNonFinite = -1;
  for (let row = 0; row < rows; row++) {
    const scaleRow = Math.floor(row / blockRows) * scaleCols;
    for (let col = 0, block = scaleRow; col < cols; col += blockCols, block++) {
      const start = row * cols + col;
      const end = row * cols + Math.min(col + blockCols, cols);
      let largest = maxMagnitudeBits(bits, start, end);
      if (largest >= INFINITY_BITS) {
        const index = bits.subarray(start, end).findIndex((word) => (word & 0x7fffffff) >= INFINITY_BITS);
        if (firstNonFinite < 0) firstNonFinite = start + index;
        largest = maxFiniteBits(bits, start, end);
      }
      if (largest > amaxBits[block]!) amaxBits[block] = largest;
    }
  }
  return { amaxes, firstNonFinite };
}

const INFINITY_BITS = 0x7f800000;

function maxMagnitudeBits(bits: Int32Array, start: number, end: number): number {
  let largest0 = 0;
  let largest1 = 0;
  let i = start;
  // Two chains: one alone waits for its own comparison.
  for (; i + 1 < end; i += 2) {
    const a = bits[i]! & 0x7fffffff;
    const b = bits[i + 1]! & 0x7fffffff;
    // The larger of two numbers below 2^31 without a branch, which in short blocks is often predicted wrong.
    const rise0 = largest0 - a;
    const rise1 = largest1 - b;
    largest0 -= rise0 & (rise0 >> 31);
    largest1 -= rise1 & (rise1 >> 31);
  }
  if (i < end) {
    const a = bits[i]! & 0x7fffffff;
    if (a > largest0) largest0 = a;
  }
  return Math.max(largest0, largest1);
}

function maxFiniteBits(bits: Int32Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) {
    const a = bits[i]! & 0x7fffffff;
    if (a > largest && a < INFINITY_BITS) largest = a;
  }
  return largest;
}
