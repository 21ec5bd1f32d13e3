// The two steps of the power u^y = exp2(y * log2(u)), four floats at once, by the operations of src/power/f32-power.ts in
// its order: the same bits. They stand apart because a loop of one, with more turns on their way at once, is faster than
// a loop of both.
import {
  EXP2_0,
  EXP2_1,
  EXP2_2,
  EXP2_3,
  EXP2_4,
  EXP2_5,
  EXP2_6,
  EXP2_7,
  EXPONENT_BIAS4,
  LOG2_0,
  LOG2_1,
  LOG2_2,
  LOG2_3,
  LOG2_4,
  ONE4,
  ROUND_TO_INTEGER4,
  SQRT_HALF4,
} from './vector-constants';

/** log2(u) for normal positive u. */
@inline
export function log2(u: v128): v128 {
  // Counted from sqrt(1/2), the mantissa lies in [sqrt(1/2), sqrt(2)), so that the series converges fast.
  const exponent = i32x4.shr_s(i32x4.sub(u, SQRT_HALF4), 23);
  const mantissa = i32x4.sub(u, i32x4.shl(exponent, 23));
  // log2(m) = 2/ln2 * atanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716: the first term left out is 2e-9 of the sum.
  const s = f32x4.div(f32x4.sub(mantissa, ONE4), f32x4.add(mantissa, ONE4));
  const s2 = f32x4.mul(s, s);
  let series = LOG2_0;
  series = f32x4.add(f32x4.mul(series, s2), LOG2_1);
  series = f32x4.add(f32x4.mul(series, s2), LOG2_2);
  series = f32x4.add(f32x4.mul(series, s2), LOG2_3);
  series = f32x4.add(f32x4.mul(series, s2), LOG2_4);
  return f32x4.add(f32x4.convert_i32x4_s(exponent), f32x4.mul(s, series));
}

/** 2^y for |y| < 126; 1 exactly for y = 0. */
@inline
export function exp2(y: v128): v128 {
  // Adding it rounds y to an integer, which then lies in the low bits.
  const shifted = f32x4.add(y, ROUND_TO_INTEGER4);
  const whole = f32x4.sub(shifted, ROUND_TO_INTEGER4);
  const part = f32x4.sub(y, whole);
  // Taylor series, ln(2)^i / i!, on [-1/2, 1/2]: the first term left out is below 6e-9.
  let series = EXP2_0;
  series = f32x4.add(f32x4.mul(series, part), EXP2_1);
  series = f32x4.add(f32x4.mul(series, part), EXP2_2);
  series = f32x4.add(f32x4.mul(series, part), EXP2_3);
  series = f32x4.add(f32x4.mul(series, part), EXP2_4);
  series = f32x4.add(f32x4.mul(series, part), EXP2_5);
  series = f32x4.add(f32x4.mul(series, part), EXP2_6);
  series = f32x4.add(f32x4.mul(series, part), EXP2_7);
  const powerOfTwo = i32x4.shl(i32x4.add(shifted, EXPONENT_BIAS4), 23);
  return f32x4.mul(series, powerOfTwo);
}
