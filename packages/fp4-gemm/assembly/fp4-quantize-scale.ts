import { MAGNITUDE4 } from './vector-constants';

// The kinds of scales, numbered as in `src/fp4-quantize/scale-kind.ts`.
export const EXACT: i32 = 0;
export const POWER_OF_TWO: i32 = 1;
export const E8M0_FLOOR: i32 = 2;
export const E8M0_CEIL: i32 = 3;
export const E4M3: i32 = 4;

const MAGNITUDE: i32 = 0x7fffffff;
const INFINITY_BITS: i32 = 0x7f800000;
export const NAN_BITS: i32 = 0x7fc00000;
const E4M3_NAN: i32 = 0x7f;
/** 2^-100: below it a block counts as zero, so that no subnormal takes part. */
const MIN_AMAX_BITS: i32 = (127 - 100) << 23;

/** The largest magnitude of `count` values as bits, which order like integers; NaN is above infinity. */
export function amaxBits(x: usize, count: usize): i32 {
  const end = x + (count << 2);
  let largest0 = i32x4.splat(0);
  let largest1 = i32x4.splat(0);
  for (; x + 32 <= end; x += 32) {
    largest0 = i32x4.max_s(largest0, v128.and(v128.load(x), MAGNITUDE4));
    largest1 = i32x4.max_s(largest1, v128.and(v128.load(x, 16), MAGNITUDE4));
  }
  largest0 = i32x4.max_s(largest0, largest1);
  largest0 = i32x4.max_s(largest0, v128.shuffle<i32>(largest0, largest0, 2, 3, 0, 1));
  largest0 = i32x4.max_s(largest0, v128.shuffle<i32>(largest0, largest0, 1, 0, 3, 2));
  let largest = i32x4.extract_lane(largest0, 0);
  for (; x < end; x += 4) largest = max(largest, load<i32>(x) & MAGNITUDE);
  return largest;
}

/** Whether codes under an amax are signed zeros: it is tiny, or not finite. */
@inline
export function isDead(amax: i32): bool {
  return amax < MIN_AMAX_BITS || amax >= INFINITY_BITS;
}

/** The scale of the tensor for E4M3 as bits: RN(amax / (6 · 448)). */
export function tensorScaleBits(amax: i32): i32 {
  if (amax >= INFINITY_BITS) return NAN_BITS;
  if (amax < MIN_AMAX_BITS) return 0;
  return reinterpret<i32>(reinterpret<f32>(amax) / 2688);
}

/**
 * The stored scale of a block: the code of the kinds that are stored as bytes, else the bits of a float32. `tensorScale`
 * is for E4M3.
 */
export function storedScale(amax: i32, kind: i32, tensorScale: f32): i32 {
  if (kind == E4M3) return e4m3Code(amax, tensorScale);
  const isByte = kind == E8M0_FLOOR || kind == E8M0_CEIL;
  if (amax >= INFINITY_BITS) return isByte ? 255 : NAN_BITS;
  if (amax < MIN_AMAX_BITS) return 0;
  if (kind == EXACT) return reinterpret<i32>(reinterpret<f32>(amax) / 6);
  // log2(amax / 6) is between the exponent minus 3 and minus 2, and is the latter at 1.5.
  const roundsUp = kind != E8M0_FLOOR && (amax & 0x7fffff) > 0x400000;
  const exponent = (amax >> 23) - 2 + i32(roundsUp);
  return isByte ? exponent : exponent << 23;
}

/** The bits of the float32 that a stored scale stands for. */
export function scaleBits(stored: i32, kind: i32, tensorScale: f32): i32 {
  if (kind == EXACT || kind == POWER_OF_TWO) return stored;
  if (kind != E4M3) return e8m0Bits(stored);
  return e4m3Bits(stored, tensorScale);
}

/** 2^(code - 127); code 0 is subnormal and 255 is NaN. */
@inline
export function e8m0Bits(code: i32): i32 {
  if (code == 255) return NAN_BITS;
  return code == 0 ? 0x00400000 : code << 23;
}

/** The E4M3 value times the scale of the tensor, rounded to float32. */
export function e4m3Bits(code: i32, tensorScale: f32): i32 {
  if (code == E4M3_NAN || tensorScale != tensorScale) return NAN_BITS;
  const exponent = code >> 3;
  const significand = (code & 7) | (exponent > 0 ? 8 : 0);
  const unit = reinterpret<f32>((max(exponent, 1) - 10 + 127) << 23);
  return reinterpret<i32>(<f32>significand * unit * tensorScale);
}

/** The E4M3 code nearest to amax / (6 · tensorScale), ties to even. The float64 quotient cannot round onto a tie. */
function e4m3Code(amax: i32, tensorScale: f32): i32 {
  if (tensorScale != tensorScale) return E4M3_NAN;
  if (amax < MIN_AMAX_BITS) return 0;
  const quotient = <f64>reinterpret<f32>(amax) / (6 * <f64>tensorScale);
  const exponent = max(<i32>(reinterpret<i64>(quotient) >> 52) - 1023, -6);
  // In units of the last place, below 2^4: adding and taking away 2^52 rounds to an integer, ties to even.
  const units = quotient * reinterpret<f64>((<i64>(1023 + 3 - exponent)) << 52);
  const rounded = <i32>(units + 4503599627370496 - 4503599627370496);
  return min(((exponent + 6) << 3) + rounded, 0x7e);
}
