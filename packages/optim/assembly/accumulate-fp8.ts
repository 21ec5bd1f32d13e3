// Sums in FP8; see `src/accumulate-fp8/reference.ts`, which this mirrors, four elements at a time. `scratch` is 16 bytes,
// where the last elements are computed, among zeros: a code of nothing is 0 and stays so.
import { decodeE4m3, decodeE5m2, encodeE4m3, encodeE5m2 } from './mini-float';

function splatted(value: i32): v128 {
  return i32x4.splat(value);
}

const SIGN4 = splatted(0x80);
const MAGNITUDE4 = splatted(0x7f);
const FLOAT_MAGNITUDE4 = splatted(0x7fffffff);

/** codes ← the codes of x when `replace` is not 0, else of the sum of both. */
export function accumulateE4m3(
  codes: usize,
  x: usize,
  size: i32,
  before: f32,
  inverse: f32,
  replace: i32,
  scratch: usize,
): void {
  accumulate(false, codes, x, size, before, inverse, replace, scratch);
}

/** codes ← the codes of x when `replace` is not 0, else of the sum of both. */
export function accumulateE5m2(
  codes: usize,
  x: usize,
  size: i32,
  before: f32,
  inverse: f32,
  replace: i32,
  scratch: usize,
): void {
  accumulate(true, codes, x, size, before, inverse, replace, scratch);
}

/** mean ← factor · sum. */
export function averageE4m3(
  mean: usize,
  codes: usize,
  size: i32,
  scale: f32,
  factor: f32,
  scratch: usize,
): void {
  average(false, mean, codes, size, scale, factor, scratch);
}

/** mean ← factor · sum. */
export function averageE5m2(
  mean: usize,
  codes: usize,
  size: i32,
  scale: f32,
  factor: f32,
  scratch: usize,
): void {
  average(true, mean, codes, size, scale, factor, scratch);
}

// @ts-ignore: decorator
@inline
function accumulate(
  isE5m2: bool,
  codes: usize,
  x: usize,
  size: i32,
  before: f32,
  inverse: f32,
  replace: i32,
  scratch: usize,
): void {
  const befores = f32x4.splat(before);
  const inverses = f32x4.splat(inverse);
  const whole = (<usize>(size >> 2)) << 4;
  const tail = (<usize>(size & 3)) << 2;
  let at = codes;
  for (let i: usize = 0; i < whole + tail; i += 16) {
    let from = x + i;
    if (i == whole) {
      from = scratch;
      memory.fill(scratch, 0, 16);
      memory.copy(scratch, x + i, tail);
    }
    let sum = v128.load(from);
    if (replace == 0) sum = f32x4.add(f32x4.mul(decodeFour(isE5m2, at), befores), sum);
    const scaled = f32x4.mul(v128.and(sum, FLOAT_MAGNITUDE4), inverses);
    const magnitudes = isE5m2 ? encodeE5m2(scaled) : encodeE4m3(scaled);
    const zero = i32x4.splat(0);
    const isNegative = v128.and(f32x4.lt(sum, zero), i32x4.gt_s(magnitudes, zero));
    const halves = i16x8.narrow_i32x4_u(v128.or(magnitudes, v128.and(isNegative, SIGN4)), zero);
    v128.store32_lane(at, i8x16.narrow_i16x8_u(halves, halves), 0);
    at += 4;
  }
}

// @ts-ignore: decorator
@inline
function average(
  isE5m2: bool,
  mean: usize,
  codes: usize,
  size: i32,
  scale: f32,
  factor: f32,
  scratch: usize,
): void {
  const scales = f32x4.splat(scale);
  const factors = f32x4.splat(factor);
  const whole = (<usize>(size >> 2)) << 4;
  const tail = (<usize>(size & 3)) << 2;
  let at = codes;
  for (let i: usize = 0; i < whole + tail; i += 16) {
    const values = f32x4.mul(f32x4.mul(decodeFour(isE5m2, at), scales), factors);
    if (i == whole) {
      v128.store(scratch, values);
      memory.copy(mean + i, scratch, tail);
    } else {
      v128.store(mean + i, values);
    }
    at += 4;
  }
}

// @ts-ignore: decorator
@inline
function decodeFour(isE5m2: bool, at: usize): v128 {
  const codes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
  const magnitude = v128.and(codes, MAGNITUDE4);
  const values = isE5m2 ? decodeE5m2(magnitude) : decodeE4m3(magnitude);
  return v128.or(values, i32x4.shl(v128.and(codes, SIGN4), 24));
}
