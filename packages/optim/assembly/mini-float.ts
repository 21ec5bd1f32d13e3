// Codes of four magnitudes at a time; mirrors `src/mini-float/mini-float.ts`.

/**
 * Four times the same value, as a variable that the module sets when it starts: V8 makes a vector constant anew, in
 * several instructions, each time it is used, but loads a variable with one.
 */
function splatted(value: i32): v128 {
  return i32x4.splat(value);
}

const ONE4 = splatted(1);

const E4M3_MAGIC = splatted((151 - 7 - 3) << 23);
const E4M3_HALF = splatted((1 << 19) - 1);
const E4M3_BIAS = splatted((127 - 7) << 23);
const E4M3_BIAS_CODE = splatted((127 - 7) << 3);
const E4M3_NORMAL = splatted((128 - 7) << 23);
const E4M3_NORMAL_CODE = splatted(1 << 3);
const E4M3_MAX = splatted(0x7e);

const E5M2_MAGIC = splatted((151 - 15 - 2) << 23);
const E5M2_HALF = splatted((1 << 20) - 1);
const E5M2_BIAS = splatted((127 - 15) << 23);
const E5M2_BIAS_CODE = splatted((127 - 15) << 2);
const E5M2_NORMAL = splatted((128 - 15) << 23);
const E5M2_NORMAL_CODE = splatted(1 << 2);
const E5M2_MAX = splatted(0x7b);

const F16_MAGIC = splatted((151 - 15 - 10) << 23);
const F16_HALF = splatted((1 << 12) - 1);
const F16_BIAS = splatted((127 - 15) << 23);
const F16_BIAS_CODE = splatted((127 - 15) << 10);
const F16_NORMAL = splatted((128 - 15) << 23);
const F16_NORMAL_CODE = splatted(1 << 10);
const F16_MAX = splatted(0x7bff);

/** The E4M3 codes nearest to four floats of at least 0. */
// @ts-ignore: decorator
@inline
export function encodeE4m3(x: v128): v128 {
  return encode(x, 20, E4M3_MAGIC, E4M3_HALF, E4M3_BIAS_CODE, E4M3_NORMAL, E4M3_MAX);
}

/** The values of four E4M3 codes without signs. */
// @ts-ignore: decorator
@inline
export function decodeE4m3(code: v128): v128 {
  return decode(code, 20, E4M3_MAGIC, E4M3_BIAS, E4M3_NORMAL_CODE);
}

/** The E5M2 codes nearest to four floats of at least 0. */
// @ts-ignore: decorator
@inline
export function encodeE5m2(x: v128): v128 {
  return encode(x, 21, E5M2_MAGIC, E5M2_HALF, E5M2_BIAS_CODE, E5M2_NORMAL, E5M2_MAX);
}

/** The values of four E5M2 codes without signs. */
// @ts-ignore: decorator
@inline
export function decodeE5m2(code: v128): v128 {
  return decode(code, 21, E5M2_MAGIC, E5M2_BIAS, E5M2_NORMAL_CODE);
}

/** The binary16 codes nearest to four floats of at least 0. */
// @ts-ignore: decorator
@inline
export function encodeF16(x: v128): v128 {
  return encode(x, 13, F16_MAGIC, F16_HALF, F16_BIAS_CODE, F16_NORMAL, F16_MAX);
}

/** The values of four binary16 codes without signs. */
// @ts-ignore: decorator
@inline
export function decodeF16(code: v128): v128 {
  return decode(code, 13, F16_MAGIC, F16_BIAS, F16_NORMAL_CODE);
}

// @ts-ignore: decorator
@inline
function encode(
  x: v128,
  shift: i32,
  magic: v128,
  half: v128,
  biasCode: v128,
  normal: v128,
  max: v128,
): v128 {
  const subnormal = i32x4.sub(f32x4.add(x, magic), magic);
  const isOdd = v128.and(i32x4.shr_u(x, shift), ONE4);
  const rounded = i32x4.shr_u(i32x4.add(i32x4.add(x, half), isOdd), shift);
  const code = v128.bitselect(subnormal, i32x4.sub(rounded, biasCode), i32x4.lt_s(x, normal));
  return i32x4.min_s(code, max);
}

// @ts-ignore: decorator
@inline
function decode(code: v128, shift: i32, magic: v128, bias: v128, normalCode: v128): v128 {
  const subnormal = f32x4.sub(v128.or(code, magic), magic);
  const value = i32x4.add(i32x4.shl(code, shift), bias);
  return v128.bitselect(subnormal, value, i32x4.lt_s(code, normalCode));
}
