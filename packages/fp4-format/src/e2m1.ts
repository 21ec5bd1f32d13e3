import { float32Bits } from './float-bits.ts';

/** Twice the value of each E2M1 code magnitude 0..7: integers, so that a product of two codes is exact in integers. */
export const E2M1_DOUBLED: readonly number[] = Object.freeze([0, 1, 2, 3, 4, 6, 8, 12]);

/** The value of each of the 16 E2M1 codes; code 8 is -0. */
export const E2M1_VALUES: readonly number[] = Object.freeze([
  0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6,
]);

/**
 * The seven midpoints between neighbouring E2M1 magnitudes. With ties to even the code magnitude of v is the number
 * of these that |v| has passed, where |v| passes an even-numbered one (.25, 1.25, 2.5, 5) only by exceeding it and an
 * odd-numbered one (.75, 1.75, 3.5) also by meeting it.
 */
export const E2M1_THRESHOLDS: readonly number[] = Object.freeze([0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5]);

/**
 * Returns the E2M1 code of the exact real quotient x / scale, ties to even, saturating at ±6, sign bit carried: the
 * definition that every backend follows bit for bit.
 *
 * |x| is compared with threshold · scale, which float64 holds exactly for float32 arguments. A scale of 0 gives the
 * signed zero code. NaN and infinity are the caller's business: infinity saturates and NaN gives code 0, whatever its sign.
 *
 * @param x - A float32.
 * @param scale - A non-negative float32; it multiplies on decode.
 */
export function encodeE2m1(x: number, scale: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 8 : 0;
  if (scale === 0) return sign;
  const magnitude = Math.abs(x);
  let code = 0;
  for (let i = 0; i < 7; i++) {
    const threshold = E2M1_THRESHOLDS[i]! * scale;
    if (magnitude > threshold || (i % 2 === 1 && magnitude === threshold)) code++;
  }
  return sign + code;
}

/**
 * Returns seven float32 bit patterns T, ascending, such that the magnitude of {@link encodeE2m1}(x, scale) is the
 * number of T below the bit pattern of |x|, for every finite float32 x. WebAssembly and WGSL kernels use exactly this
 * integer ladder: no rounded product or quotient takes part.
 *
 * For a threshold that must be exceeded T is the largest float32 not above threshold · scale; for one that may be met
 * it is the float32 before the smallest one not below. Every T is below 2^31, so signed integers can compare it. A
 * scale of 0 gives seven times 0x7fffffff, which nothing exceeds.
 *
 * @param scale - A non-negative float32.
 * @throws RangeError if the scale is negative, NaN, infinite or not a float32.
 */
export function encodeThresholds(scale: number): Uint32Array {
  if (!(scale >= 0) || Math.fround(scale) !== scale || scale === Infinity) {
    throw new RangeError(`encodeThresholds: scale must be a finite non-negative float32, but got ${scale}`);
  }
  const thresholds = new Uint32Array(7);
  writeEncodeThresholds(scale, thresholds);
  return thresholds;
}

/** {@link encodeThresholds} into an existing array, without checks. */
export function writeEncodeThresholds(scale: number, thresholds: Uint32Array | Int32Array): void {
  if (scale === 0) {
    thresholds.fill(0x7fffffff);
    return;
  }
  for (let i = 0; i < 7; i++) {
    const exact = E2M1_THRESHOLDS[i]! * scale;
    const nearest = Math.fround(exact);
    const bits = float32Bits(nearest);
    // Neighbouring float32 magnitudes have neighbouring bit patterns, through subnormals and up to infinity.
    if (i % 2 === 0) thresholds[i] = nearest > exact ? bits - 1 : bits;
    else thresholds[i] = nearest < exact ? bits : bits - 1;
  }
}
