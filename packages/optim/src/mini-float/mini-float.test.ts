import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMagnitude, e4m3, e5m2, encodeMagnitude, f16, inverseScale, scaleOf } from './mini-float.ts';
import type { MiniFloat } from './mini-float.ts';

/** The value of a code by the definition of the format, in float64. */
function valueOf(code: number, { mantissaBits, bias }: MiniFloat): number {
  const field = code >> mantissaBits;
  const mantissa = (code % 2 ** mantissaBits) / 2 ** mantissaBits;
  return field === 0 ? mantissa * 2 ** (1 - bias) : (1 + mantissa) * 2 ** (field - bias);
}

/** The nearest code by comparison with both neighbours, ties to even. */
function nearest(x: number, format: MiniFloat): number {
  let low = 0;
  let high = format.maxCode;
  if (x >= valueOf(high, format)) return high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (valueOf(middle, format) <= x) low = middle;
    else high = middle;
  }
  const [below, above] = [x - valueOf(low, format), valueOf(high, format) - x];
  if (below === above) return low % 2 === 0 ? low : high;
  return below < above ? low : high;
}

describe.each([e4m3, e5m2, f16])('mini-float $name', (format) => {
  const codes = Array.from({ length: format.maxCode + 1 }, (_, code) => code);

  it('decodes every code exactly and encodes it back', () => {
    const values = codes.map((code) => valueOf(code, format));
    expect(codes.map((code) => decodeMagnitude(code, format))).toEqual(values);
    expect(values.map((value) => encodeMagnitude(value, format))).toEqual(codes);
  });

  it('rounds the middle of two codes to the even one, and what is beside it to the nearer one', () => {
    const lower = codes.slice(0, -1);
    const encoded = (relative: number): number[] =>
      lower.map((code) => {
        const middle = (valueOf(code, format) + valueOf(code + 1, format)) / 2;
        return encodeMagnitude(Math.fround(middle * (1 + relative)), format);
      });
    expect(encoded(0)).toEqual(lower.map((code) => code + (code % 2)));
    expect(encoded(2 ** -20)).toEqual(lower.map((code) => code + 1));
    expect(encoded(-(2 ** -20))).toEqual(lower);
  });

  it('rounds any float32 to the nearest code, and saturates', () => {
    fc.assert(
      fc.property(fc.float({ min: 0, noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(encodeMagnitude(x, format)).toBe(nearest(x, format));
      }),
      { seed: 3, numRuns: 2000 },
    );
    expect(encodeMagnitude(3.4e38, format)).toBe(format.maxCode);
  });

  it('scales by the power of two that leaves a bound below the top exponent', () => {
    fc.assert(
      fc.property(fc.float({ min: 0, noNaN: true, noDefaultInfinity: true }), (bound) => {
        const scale = scaleOf(bound, format);
        expect(Number.isInteger(Math.log2(scale))).toBe(true);
        expect(scale * inverseScale(scale)).toBe(1);
        expect(bound / scale).toBeLessThan(2 ** format.topExponent);
        const least = scale > 2 ** -100 ? 2 ** (format.topExponent - 1) : 0;
        expect(bound / scale).toBeGreaterThanOrEqual(least);
      }),
      { seed: 4, numRuns: 2000 },
    );
    expect(scaleOf(0, format)).toBe(2 ** -100);
  });
});
