import {
  EIGHT4,
  FOUR4,
  HALF4,
  HASH_FACTOR0,
  HASH_FACTOR1,
  MAGNITUDE4,
  ONE4,
  QUARTER4,
  SIX4,
  TWO4,
  TWO_TO_24,
} from './vector-constants';

/** Four folded elements as fixed-point integers: `fixedPointRows` of `src/gradient/fixed-point.ts`. */
@inline
export function fixedPoint(x: v128, factor: v128): v128 {
  return truncate(f32x4.nearest(f32x4.mul(x, factor)));
}

/**
 * Four folded elements as integers of 8 bits: `stochasticInt8Rows` of `src/gradient/int8.ts`, but that they still have to be
 * clamped to -127..127.
 */
@inline
export function stochasticInt8(x: v128, factor: v128, counters: v128): v128 {
  const t = f32x4.mul(x, factor);
  const lower = f32x4.floor(t);
  const isUp = f32x4.lt(random24(counters), f32x4.mul(f32x4.sub(t, lower), TWO_TO_24));
  // A comparison that holds is -1.
  return i32x4.sub(truncate(lower), isUp);
}

/** Four folded elements as NVFP4 times a power of two: `stochasticNvfp4Rows` of `src/gradient/nvfp4.ts`. */
@inline
export function stochasticNvfp4(x: v128, factor: v128, multiplier: v128, counters: v128): v128 {
  const q = f32x4.pmin(f32x4.mul(v128.and(x, MAGNITUDE4), factor), SIX4);
  const doubled = f32x4.add(q, q);
  // Doubled magnitudes are 1 apart up to 4, 2 apart up to 8, then 4.
  const from4 = f32x4.ge(doubled, FOUR4);
  const from8 = f32x4.ge(doubled, EIGHT4);
  const step = v128.bitselect(FOUR4, v128.bitselect(TWO4, ONE4, from4), from8);
  const inverse = v128.bitselect(QUARTER4, v128.bitselect(HALF4, ONE4, from4), from8);
  const steps = f32x4.mul(doubled, inverse);
  const lower = f32x4.floor(steps);
  const isUp = f32x4.lt(random24(counters), f32x4.mul(f32x4.sub(steps, lower), TWO_TO_24));
  const magnitude = f32x4.mul(f32x4.add(lower, v128.and(isUp, ONE4)), step);
  const integers = truncate(f32x4.mul(magnitude, multiplier));
  const sign = i32x4.shr_s(x, 31);
  return i32x4.sub(v128.xor(integers, sign), sign);
}

/** Integers of float32 values that are integers. What engines make of NaN differs; the unit of such a row is NaN. */
@inline
function truncate(x: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i32x4.relaxed_trunc_f32x4_s(x) : i32x4.trunc_sat_f32x4_s(x);
}

/** The upper 24 random bits of four counters, as float32: `counterBits` of `@nibble-ml/fp4-format`. */
@inline
function random24(counters: v128): v128 {
  let bits = i32x4.mul(v128.xor(counters, i32x4.shr_u(counters, 16)), HASH_FACTOR0);
  bits = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 15)), HASH_FACTOR1);
  bits = v128.xor(bits, i32x4.shr_u(bits, 16));
  return f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8));
}
