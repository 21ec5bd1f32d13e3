import {
  bandScales,
  bandBytes,
  blockRows,
  cols,
  fillNan,
  quantizeBand,
  rowBytes,
  rows,
  setBlocks,
  setQuantizer,
} from './blocks';
import { setFormat } from './format';
import { roundUnscaled } from './unscaled';

/** Sets the element format of the next calls. */
export function setElementFormat(
  mantissaBits: i32,
  leastExponent: i32,
  maxExponent: i32,
  target: f32,
  greatest: f32,
  least: f32,
  isInteger: bool,
): void {
  setFormat(mantissaBits, leastExponent, maxExponent, target, greatest, least, isInteger);
}

/**
 * Sets the blocks of the next call and how their scales follow.
 *
 * @param x - the whole matrix, whose maximum E4M3 needs
 * @param clip - clip factors, 0 if there are none
 * @param blockStride - bytes between the factors of neighbouring blocks of a row
 * @param bandStride - bytes between the factors of blocks below each other
 * @param counter - `lowbias32(seed)`
 */
export function setScaling(
  x: usize,
  rows: i32,
  cols: i32,
  blockRows: i32,
  blockCols: i32,
  kind: i32,
  headroom: f32,
  isStochastic: bool,
  counter: i32,
  clip: usize,
  blockStride: usize,
  bandStride: usize,
): void {
  setBlocks(rows, cols, blockRows, blockCols);
  setQuantizer(x, kind, headroom, isStochastic, counter, clip, blockStride, bandStride);
}

/**
 * Quantizes and dequantizes a matrix; the definition is `src/fake-quantize/reference.ts`.
 *
 * @param scratch - 6 numbers for each block of a row, each on whole vectors
 */
export function fakeQuantize(x: usize, y: usize, scratch: usize): void {
  const scales = scratch + 5 * bandBytes;
  for (let row = 0, band = 0; row < rows; row += blockRows, band++) {
    const at = <usize>row * rowBytes;
    const height = min(blockRows, rows - row);
    const isNan = bandScales(x + at, band, height, scales, scratch);
    quantizeBand(x + at, y + at, row, height, scales);
    if (isNan) fillNan(y + at, height, scales);
  }
}

/** Rounds `count` values to a format without scales. */
export function fakeQuantizeUnscaled(x: usize, y: usize, count: i32, isStochastic: bool, counter: i32): void {
  roundUnscaled(x, y, count, isStochastic, counter);
}
