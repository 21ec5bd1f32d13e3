import { decodeE4m3, decodeF16, encodeE4m3, encodeF16 } from './mini-float';

function splatted(value: i32): v128 {
  return i32x4.splat(value);
}

const SIGN4 = splatted(0x80);
const MAGNITUDE4 = splatted(0x7f);
const FLOAT_MAGNITUDE4 = splatted(0x7fffffff);
/** The bits below those of the smallest normal float32. */
const SUBNORMAL4 = splatted(0x007fffff);


/**
 * One AdamW update in place with coded moments; see `src/adamw-mixed/reference.ts`, which this mirrors operation by
 * operation, four elements at a time. `scratch` is 32 bytes.
 */
export function adamWMixed(
  w: usize,
  moments: usize,
  gradient: usize,
  factor: f32,
  size: i32,
  first: f32,
  second: f32,
  firstInverse: f32,
  secondInverse: f32,
  beta1: f32,
  oneMinusBeta1: f32,
  beta2: f32,
  oneMinusBeta2: f32,
  stepSize: f32,
  secondCorrection: f32,
  epsilon: f32,
  decay: f32,
  scratch: usize,
): void {
  // Splats are kept outside the loop: engines do not move them there.
  const factors = f32x4.splat(factor);
  const firsts = f32x4.splat(first);
  const seconds = f32x4.splat(second);
  const firstInverses = f32x4.splat(firstInverse);
  const secondInverses = f32x4.splat(secondInverse);
  const beta1s = f32x4.splat(beta1);
  const oneMinusBeta1s = f32x4.splat(oneMinusBeta1);
  const beta2s = f32x4.splat(beta2);
  const oneMinusBeta2s = f32x4.splat(oneMinusBeta2);
  const stepSizes = f32x4.splat(stepSize);
  const secondCorrections = f32x4.splat(secondCorrection);
  const epsilons = f32x4.splat(epsilon);
  const decays = f32x4.splat(decay);
  const whole = (<usize>(size >> 2)) << 4;
  const tail = (<usize>(size & 3)) << 2;
  let codes = moments;
  for (let at: usize = 0; at < whole + tail; at += 16) {
    // The last elements are computed in scratch, among zeros: a code of nothing is 0 and stays so.
    let weights = w + at;
    let gradients = gradient + at;
    if (at == whole) {
      weights = scratch;
      gradients = scratch + 16;
      memory.fill(scratch, 0, 32);
      memory.copy(weights, w + at, tail);
      memory.copy(gradients, gradient + at, tail);
    }
    const g = f32x4.mul(factors, v128.load(gradients));

    const firstCodes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(codes)));
    const signs = i32x4.shl(v128.and(firstCodes, SIGN4), 24);
    const magnitudes = decodeE4m3(v128.and(firstCodes, MAGNITUDE4));
    const m = f32x4.mul(v128.or(magnitudes, signs), firsts);
    const v = f32x4.mul(decodeF16(v128.load16x4_u(codes + 4)), seconds);

    const mNew = f32x4.add(f32x4.mul(beta1s, m), f32x4.mul(oneMinusBeta1s, g));
    const vNew = f32x4.add(f32x4.mul(beta2s, v), f32x4.mul(oneMinusBeta2s, f32x4.mul(g, g)));
    const denominator = f32x4.add(f32x4.sqrt(f32x4.mul(secondCorrections, vNew)), epsilons);
    const step = f32x4.div(f32x4.mul(stepSizes, mNew), denominator);
    const old = v128.load(weights);
    v128.store(weights, f32x4.sub(old, f32x4.add(f32x4.mul(decays, old), step)));

    storeCodes(codes, mNew, vNew, firstInverses, secondInverses);
    if (at == whole) memory.copy(w + at, scratch, tail);
    codes += 12;
  }
}

// @ts-ignore: decorator
@inline
function storeCodes(codes: usize, m: v128, v: v128, firstInverses: v128, secondInverses: v128): void {
  const magnitudes = encodeE4m3(f32x4.mul(v128.and(m, FLOAT_MAGNITUDE4), firstInverses));
  const zero = i32x4.splat(0);
  const isNegative = v128.and(f32x4.lt(m, zero), i32x4.gt_s(magnitudes, zero));
  const first = v128.or(magnitudes, v128.and(isNegative, SIGN4));
  const least = i32x4.shr_u(i32x4.gt_s(v, SUBNORMAL4), 31);
  const rounded = encodeF16(f32x4.mul(v, secondInverses));
  const halves = i16x8.narrow_i32x4_u(first, i32x4.max_s(rounded, least));
  v128.store32_lane(codes, i8x16.narrow_i16x8_u(halves, halves), 0);
  v128.store64_lane(codes + 4, halves, 1);
}
