import { BIAS, GROUP_STEPS, TILE_ROWS } from './fp4-tile';

// The left operand of a gradient product; `src/gradient/` is the definition.

/** Formats that the gradient is rounded to, numbered as in `src/gradient/wasm.ts`. */
export const F32: i32 = 0;
export const E5M2: i32 = 1;
export const INT8: i32 = 2;
export const NVFP4: i32 = 3;
/** {@link E5M2} where it is known that no element rounds to a subnormal. */
export const E5M2_NORMAL: i32 = 4;

/** log2 of the steps of the sum that share a scale in NVFP4. */
export const NVFP4_BLOCK_LOG2: usize = 4;

/** dY with the scales of the FP4 operand's rows, and what its rows are rounded with. */
@unmanaged
export class GradientOperand {
  /** float32 `[rows, steps]`, or transposed `[steps, rows]`. */
  dy: usize;
  isTransposed: bool;
  rows: usize;
  steps: usize;
  /** float32, one for each step, or one in all with scaleBytes 0. */
  scales: usize;
  scaleBytes: usize;
  format: i32;
  /** lowbias32 of the seed: the random bits of element i of dY are lowbias32(start + i). */
  start: i32;
  /** Of E5M2, as float32 bits: what rounds its subnormals when added, and its smallest normal number. */
  rounder: i32;
  smallestNormal: i32;
  /** float32 by row, for NVFP4 also by block: what an element is multiplied with before it is rounded. */
  factors: usize;
  factorRowBytes: usize;
  factorBlockBytes: usize;
  /** float32, of NVFP4, laid out like the factors: the E4M3 scales in units of 2^-9. */
  multipliers: usize;
  /** float32 by row: what a sum of products is multiplied with. */
  units: usize;
}

/**
 * Rows of a tile that one row of the product takes: an integer of 24 bits is three digits of int8, or two of int16;
 * one of 8 bits is a digit by itself.
 */
@inline
export function planesOf(format: i32): usize {
  if (format == INT8) return 1;
  return GROUP_STEPS == 4 ? 3 : 2;
}

/** Rows of the product in a tile. */
@inline
export function productRows(format: i32): usize {
  return TILE_ROWS / planesOf(format);
}

/** Whether sums start from a correction for the bias of the second operand. */
export const HAS_CORRECTIONS: bool = BIAS != 0;
