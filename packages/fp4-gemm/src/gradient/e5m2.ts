import { amaxBits, INFINITY_BITS } from './integer-rows.ts';

/** 2^-94: below it a tensor counts as zero, so that no rounded element is subnormal in float32. */
const MIN_TENSOR_AMAX_BITS = (127 - 94) << 23;

/**
 * Rounds a tensor to FP8 E5M2 with one scale, nearest-even: round(x / 2^p) · 2^p, where p is the integer that brings the largest
 * magnitude into (28672, 57344], the top binade below and at E5M2's largest value. A power of two, since scaling by one
 * is exact, and a scale in between would gain less than one of E5M2's 31 binades. Nothing saturates.
 *
 * A tensor that holds NaN or an infinity becomes NaN throughout; one with all magnitudes below 2^-94 becomes zero.
 */
export function roundToE5m2(x: Float32Array): Float32Array {
  const amax = amaxBits(x);
  if (amax >= INFINITY_BITS) return new Float32Array(x.length).fill(NaN);
  if (amax < MIN_TENSOR_AMAX_BITS) return new Float32Array(x.length);
  const p = ((amax + 0x1fffff) >>> 23) - 127 - 15;
  const smallestNormal = 2 ** (p - 14);
  // The sum has its last bit where the smallest step of E5M2 is, 2^(p - 16), in float32.
  const subnormalRounder = 1.5 * 2 ** (p - 16 + 23);
  const f32 = Math.fround;
  return x.map((value) => {
    if (Math.abs(value) < smallestNormal) return f32(value + subnormalRounder) - subnormalRounder;
    return roundToThreeBits(value);
  });
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** Rounds the mantissa of a normal float32 to E5M2's two bits after the leading one, ties to even. */
function roundToThreeBits(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0]!;
  BITS[0] = (bits + 0xfffff + ((bits >>> 21) & 1)) & ~0x1fffff;
  return FLOAT[0];
}
