// exp and log in f32 operations, after Cephes' expf and logf (S. Moshier): argument reduction by a two-part ln 2, then
// a polynomial. `assembly/exp.ts` and `wgsl-math.ts` do the same operations in the same order, so that the three
// backends round alike; a library's exp is free to differ by ulps from one processor to the next.

/** Reciprocal of ln 2. */
export const LOG2_E: number = Math.fround(Math.LOG2E);
/** ln 2 in two parts, the first with so few bits that its product with an exponent is exact. */
export const LN2_HIGH: number = Math.fround(0.693359375);
export const LN2_LOW: number = Math.fround(-2.1219444e-4);
/** Below it exp is 0 rather than subnormal. */
export const EXP_LEAST: number = Math.fround(-87.33654);
/** Above it exp is that of it. */
export const EXP_GREATEST: number = Math.fround(88.02969);

/**
 * exp(r) for |r| ≤ ln 2 / 2; highest power first. By Horner's rule to the end: Mesa's compiler reorders Cephes' last
 * step, `r² · p + r + 1`.
 */
export const EXP_POLYNOMIAL: readonly number[] = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1, 1,
].map(Math.fround);

/** log(1 + m) = m − m² / 2 + m³ · polynomial(m) for m from √½ − 1 to √2 − 1; highest power first. */
export const LOG_POLYNOMIAL: readonly number[] = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(Math.fround);

/** Below it a mantissa from ½ to 1 is doubled. */
export const SQRT_HALF: number = Math.fround(Math.SQRT1_2);

const f32 = Math.fround;
const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

// Adding it leaves no bits for a fraction, so that the sum is rounded to an integer, halves to even.
const ROUND_TO_INTEGER = 1.5 * 2 ** 23;

/**
 * exp, within 2 ulp of the exact value; 0 below -87.33, where it would be subnormal, and of NaN. Arguments above 88.02
 * count as 88.02.
 *
 * @param x - a float32
 */
export function expF32(x: number): number {
  if (!(x >= EXP_LEAST)) return 0;
  const clamped = Math.min(EXP_GREATEST, x);
  const n = f32(f32(f32(clamped * LOG2_E) + ROUND_TO_INTEGER) - ROUND_TO_INTEGER);
  const r = f32(f32(clamped - f32(n * LN2_HIGH)) - f32(n * LN2_LOW));
  let p = EXP_POLYNOMIAL[0]!;
  for (let i = 1; i < EXP_POLYNOMIAL.length; i++) p = f32(f32(p * r) + EXP_POLYNOMIAL[i]!);
  bits[0] = (n + 127) << 23;
  return f32(p * float[0]!);
}

/**
 * Natural logarithm, within 2 ulp of the exact value.
 *
 * @param x - a float32, positive and normal
 */
export function logF32(x: number): number {
  float[0] = x;
  let exponent = ((bits[0]! >> 23) & 255) - 126;
  bits[0] = (bits[0]! & 0x007fffff) | 0x3f000000;
  let m = float[0]!;
  if (m < SQRT_HALF) {
    exponent -= 1;
    m += m;
  }
  m = f32(m - 1);
  const square = f32(m * m);
  let p = LOG_POLYNOMIAL[0]!;
  for (let i = 1; i < LOG_POLYNOMIAL.length; i++) p = f32(f32(p * m) + LOG_POLYNOMIAL[i]!);
  const tail = f32(f32(f32(f32(m * square) * p) + f32(exponent * LN2_LOW)) - f32(0.5 * square));
  return f32(f32(m + tail) + f32(exponent * LN2_HIGH));
}
