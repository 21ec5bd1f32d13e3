import { MAGNITUDE4 } from './vector-constants';

/** 2^-50 and 2^45. */
const LEAST: f32 = 8.881784197001252e-16;
const GREATEST: f32 = 35184372088832;
/** RN32((2.92247856 / 6)^2). */
const FACTOR: f32 = 0.23724669218063354;

/** The terms of the mean square: `questSquare` of `src/fake-quantize/quest-scale.ts`. */
@inline
export function questSquares(x: v128): v128 {
  const magnitude = f32x4.pmin(v128.and(x, MAGNITUDE4), f32x4.splat(GREATEST));
  return v128.and(f32x4.mul(magnitude, magnitude), f32x4.ge(magnitude, f32x4.splat(LEAST)));
}

/** `questScale` there. */
export function questScale(sum: f32, count: i32): f32 {
  if (sum == 0) return 0;
  const shift = max(0, 8 - clz(count));
  const mean = <f64>(sum * FACTOR) / <f64>((count >> shift) << shift);
  const exponent = <i32>(reinterpret<i64>(mean) >> 52) - 1023;
  return reinterpret<f32>(((exponent >> 1) + 127) << 23);
}
