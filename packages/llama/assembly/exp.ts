// exp and log in f32 with the bits of src/kernel/f32-math.ts, after Cephes' expf and logf (S. Moshier): argument
// reduction by a two-part ln 2, then a polynomial. exp is within 2 ulp of the exact value, and 0 below -87.33 (no
// subnormals); arguments above 88.02 count as 88.02. log is within 2 ulp for normal positive arguments.

const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

/** Four times the same value, as a variable that the module sets when it starts: V8 makes a vector constant anew, in four
 * instructions, each time it is used, but loads a variable with one. */
function splatted(value: f32): v128 {
  return f32x4.splat(value);
}

const LOG2_E4 = splatted(1.44269504088896341);
const LN2_HIGH4 = splatted(LN2_HIGH);
const LN2_LOW4 = splatted(LN2_LOW);
const LEAST4 = splatted(-87.33654);
const GREATEST4 = splatted(88.02969);
// Adding it leaves no bits for a fraction, so that the sum is rounded to an integer, halves to even, and its low bits
// hold that integer.
const ROUND4 = splatted(12582912);
const BIAS4 = splatted(reinterpret<f32>(127));
const P0 = splatted(1.9875691500e-4);
const P1 = splatted(1.3981999507e-3);
const P2 = splatted(8.3334519073e-3);
const P3 = splatted(4.1665795894e-2);
const P4 = splatted(1.6666665459e-1);
const P5 = splatted(5.0000001201e-1);
export const ONE4 = splatted(1);

/** exp of four values. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  return exp4Below(f32x4.pmin(GREATEST4, x));
}

/** exp of four values of at most 88.02. */
// @ts-ignore: decorator
@inline
export function exp4Below(x: v128): v128 {
  const normal = f32x4.ge(x, LEAST4);
  const clamped = f32x4.pmax(LEAST4, x);
  const rounded = f32x4.add(f32x4.mul(clamped, LOG2_E4), ROUND4);
  const n = f32x4.sub(rounded, ROUND4);
  let r = f32x4.sub(clamped, f32x4.mul(n, LN2_HIGH4));
  r = f32x4.sub(r, f32x4.mul(n, LN2_LOW4));
  let p = f32x4.add(f32x4.mul(P0, r), P1);
  p = f32x4.add(f32x4.mul(p, r), P2);
  p = f32x4.add(f32x4.mul(p, r), P3);
  p = f32x4.add(f32x4.mul(p, r), P4);
  p = f32x4.add(f32x4.mul(p, r), P5);
  p = f32x4.add(f32x4.mul(p, r), ONE4);
  p = f32x4.add(f32x4.mul(p, r), ONE4);
  // The shift drops the bits of ROUND4, which are all above the low nine.
  const power = i32x4.shl(i32x4.add(rounded, BIAS4), 23);
  return v128.and(f32x4.mul(p, power), normal);
}

/** Natural logarithm of a normal positive value. */
export function log1(x: f32): f32 {
  const bits = reinterpret<u32>(x);
  let exponent = <i32>((bits >> 23) & 255) - 126;
  let m = reinterpret<f32>((bits & 0x007fffff) | 0x3f000000);
  if (m < <f32>0.70710678) {
    exponent -= 1;
    m = m + m;
  }
  m -= 1;
  const z = m * m;
  let p: f32 = 7.0376836292e-2;
  p = p * m - <f32>1.1514610310e-1;
  p = p * m + <f32>1.1676998740e-1;
  p = p * m - <f32>1.2420140846e-1;
  p = p * m + <f32>1.4249322787e-1;
  p = p * m - <f32>1.6668057665e-1;
  p = p * m + <f32>2.0000714765e-1;
  p = p * m - <f32>2.4999993993e-1;
  p = p * m + <f32>3.3333331174e-1;
  const e = <f32>exponent;
  const y = m * z * p + e * LN2_LOW - <f32>0.5 * z;
  return m + y + e * LN2_HIGH;
}

/** exp of `count` values; for the test of its bits. */
export function expValues(out: usize, x: usize, count: i32): void {
  for (let i = 0; i + 4 <= count; i += 4) v128.store(out + (i << 2), exp4(v128.load(x + (i << 2))));
}

/** log of `count` values; for the test of its bits. */
export function logValues(out: usize, x: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<f32>(out + (i << 2), log1(load<f32>(x + (i << 2))));
}
