// exp and log in f32 with the bits of src/kernel/f32-math.ts, after Cephes' expf and logf (S. Moshier): argument
// reduction by a two-part ln 2, then a polynomial. exp is within 2 ulp of the exact value, and 0 below -87.33 (no
// subnormals); arguments above 88.02 count as 88.02. log is within 2 ulp for normal positive arguments.

const LOG2_E: f32 = 1.44269504088896341;
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;
const LEAST: f32 = -87.33654;
const GREATEST: f32 = 88.02969;

/** exp of four values. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const positive = f32x4.ge(x, f32x4.splat(LEAST));
  const clamped = f32x4.pmin(f32x4.splat(GREATEST), f32x4.pmax(f32x4.splat(LEAST), x));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(LOG2_E)));
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.and(f32x4.mul(p, power), positive);
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
