import { maxExponent, target } from './format';

// The kinds of scales, numbered as in `src/fake-quantize/scale-kinds.ts`.
export const EXACT: i32 = 0;
export const POWER_OF_TWO: i32 = 1;
export const E8M0_FLOOR: i32 = 2;
export const E4M3: i32 = 3;
export const QUEST: i32 = 4;

const INFINITY_BITS: i32 = 0x7f800000;
const NAN_BITS: i32 = 0x7fc00000;
/** 2^-100: below it a block counts as zero. */
const MIN_AMAX_BITS: i32 = (127 - 100) << 23;
/** 2^-126: a scale below it counts as 0. */
const MIN_SCALE_BITS: i32 = 1 << 23;

/** RN(amaxTensor / (target · 448)): the scale of the tensor for E4M3, 0 for a tensor of zeros. */
export function tensorScaleOf(amax: i32): f32 {
  if (amax >= INFINITY_BITS) return reinterpret<f32>(NAN_BITS);
  if (amax < MIN_AMAX_BITS) return 0;
  return <f32>(<f64>reinterpret<f32>(amax) / (<f64>target * 448));
}

/** The scale of a block from the bits of its largest magnitude, before headroom: 0 for zeros, NaN if it is not finite. */
export function scaleOf(amax: i32, clip: f32, kind: i32, tensorScale: f32): f32 {
  if (kind == E4M3 && tensorScale != tensorScale) return tensorScale;
  const clipped = reinterpret<f32>(amax) * clip;
  if (amax >= INFINITY_BITS || !(clipped < Infinity)) return reinterpret<f32>(NAN_BITS);
  const bits = reinterpret<i32>(clipped);
  if (bits < MIN_AMAX_BITS) return 0;
  if (kind == EXACT) return clipped / target;
  if (kind == E8M0_FLOOR) return reinterpret<f32>((bits & INFINITY_BITS) - (maxExponent << 23));
  if (kind == POWER_OF_TWO) {
    const quotient = reinterpret<i64>(<f64>clipped / <f64>target);
    const exponent = <i32>(quotient >> 52) - 1023 + i32((quotient & 0xfffffffffffff) != 0);
    return reinterpret<f32>((exponent + 127) << 23);
  }
  if (tensorScale == 0) return 0;
  return e4m3(<f64>clipped / (<f64>target * <f64>tensorScale)) * tensorScale;
}

/** The scale with headroom. */
@inline
export function withHeadroom(scale: f32, headroom: f32): f32 {
  const product = scale * headroom;
  return reinterpret<i32>(product) < MIN_SCALE_BITS ? 0 : product;
}

/** The E4M3 value nearest to a quotient, ties to even. */
function e4m3(quotient: f64): f32 {
  const exponent = max(<i32>(reinterpret<i64>(quotient) >> 52) - 1023, -6);
  // In units of the last place, below 2^4: adding and taking away 2^52 rounds to an integer, ties to even.
  const units = quotient * reinterpret<f64>((<i64>(1023 + 3 - exponent)) << 52);
  const rounded = units + 4503599627370496 - 4503599627370496;
  return <f32>min(rounded * reinterpret<f64>((<i64>(1023 - 3 + exponent)) << 52), 448);
}
