// Powers in f32 operations, as exp2(y · log2(u)). `assembly/power.ts` and `power-wgsl.ts` do the same operations in the
// same order, so that the three backends round alike; a library's pow is free to differ by ulps from one processor to
// the next, and WGSL's by far more.

/**
 * log2(m) = s · polynomial(s²), s = (m - 1) / (m + 1): the series 2 / ln 2 · atanh(s), highest power first. For m from
 * √½ to √2, |s| ≤ 0.1716, the first term left out is 2e-9 of the sum.
 */
export const LOG2_POLYNOMIAL: readonly number[] = [9, 7, 5, 3, 1].map((i) => Math.fround(2 / Math.LN2 / i));

/** exp2(r) for |r| ≤ 1/2: the Taylor series, (ln 2)ⁱ / i!, highest power first; the first term left out is below 6e-9. */
export const EXP2_POLYNOMIAL: readonly number[] = [
  1.525273380405984e-5,
  1.540353039338161e-4,
  1.3333558146428443e-3,
  9.618129107628477e-3,
  5.550410866482158e-2,
  0.24022650695910072,
  Math.LN2,
  1,
].map(Math.fround);

/** Bits of √½: from them on the mantissa is counted, so that it lies in [√½, √2), where the series converges fast. */
export const SQRT_HALF_BITS = 0x3f3504f3;

const f32 = Math.fround;
const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

// Adding it leaves no bits for a fraction, so that the sum is rounded to an integer, halves to even.
const ROUND_TO_INTEGER = 1.5 * 2 ** 23;

/**
 * Returns u^y for |y · log2(u)| < 126, within 6e-6 relative, and within 1.5e-6 for u from 2^-25 to 1: the logarithm's last
 * bit is what counts. Exactly 1 for y = 0.
 *
 * @param u - a float32, positive and normal
 * @param y - a float32
 */
export function powF32(u: number, y: number): number {
  return exp2F32(f32(y * log2F32(u)));
}

function log2F32(u: number): number {
  float[0] = u;
  const exponent = (bits[0]! - SQRT_HALF_BITS) >> 23;
  bits[0]! -= exponent << 23;
  const mantissa = float[0]!;
  const s = f32(f32(mantissa - 1) / f32(mantissa + 1));
  return f32(exponent + f32(s * horner(LOG2_POLYNOMIAL, f32(s * s))));
}

function exp2F32(y: number): number {
  const whole = f32(f32(y + ROUND_TO_INTEGER) - ROUND_TO_INTEGER);
  const series = horner(EXP2_POLYNOMIAL, f32(y - whole));
  bits[0] = (whole + 127) << 23;
  return f32(series * float[0]!);
}

/** The value of a polynomial, one multiplication and one addition a coefficient, each rounded. */
function horner(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) sum = f32(f32(sum * x) + coefficients[i]!);
  return sum;
}
