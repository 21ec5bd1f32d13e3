import { describe, expect, it } from 'vitest';
import { E2M1_VALUES } from './e2m1.ts';
import { unpackCodes } from './pack.ts';
import { quantize } from './quantize.ts';
import { randomBits } from './random-bits.ts';
import { quantizeCodes } from './quantize-codes.ts';

const MAGNITUDES = E2M1_VALUES.slice(0, 8);

/** The definition in words of its own: float32 quotient, then the upper 24 bits against the exact chance. */
function expectedCode(x: number, scale: number, bits: number): number {
  const inverse = Math.fround(1 / scale);
  const q = Math.min(Math.fround(Math.abs(x) * inverse), 6);
  const lower = MAGNITUDES.findLastIndex((value) => value <= q);
  const chance = lower === 7 ? 0 : (q - MAGNITUDES[lower]!) / (MAGNITUDES[lower + 1]! - MAGNITUDES[lower]!);
  const sign = x < 0 || Object.is(x, -0) ? 8 : 0;
  return sign + lower + (Math.floor(bits / 256) < chance * 2 ** 24 ? 1 : 0);
}

describe('stochastic rounding of E2M1', () => {
  it('follows the definition for values of every size, and bits on either side of the chance', () => {
    const [rows, cols] = [64, 40];
    const words = randomBits(rows * cols, 5);
    const x = Float32Array.from(words, (word, i) =>
      i % cols === 0 ? 3.7 : (((word >>> 8) / 2 ** 24) * 4 - 2) * 2 ** -((word & 31) % 29),
    );
    const bits = Uint32Array.from(x, (value, i) => {
      const q = Math.fround(Math.abs(value) * Math.fround(1 / Math.fround(Math.fround(3.7) / 6)));
      const edge = Math.ceil((q < 2 ? (q * 2) % 1 : q < 4 ? q % 1 : (q % 2) / 2) * 2 ** 24) + (i % 3) - 1;
      return Math.min(Math.max(edge, 0), 2 ** 24 - 1) * 256 + (i % 256);
    });
    const q = quantize(x, rows, cols, { rounding: 'stochastic', randomBits: bits });
    const expected = Uint8Array.from(x, (value, i) =>
      expectedCode(value, q.scales[Math.floor(i / cols)]!, bits[i]!),
    );
    expect(unpackCodes(q.words, rows, cols)).toEqual(expected);
    expect(quantizeCodes(x, rows, cols, { rounding: 'stochastic', randomBits: bits }).codes).toEqual(
      expected,
    );
  });

  it('is unbiased: equally spaced bits give the mean within 2^-16 + 2^-20 of a step', () => {
    const count = 65_536;
    const bits = Uint32Array.from({ length: count + 8 }, (_, i) => i * 65_536);
    for (const value of [0.01, 0.3, 0.7, 1.1, 1.9, 2.2, 3.3, 3.9, 4.7, 5.99, -0.05, -4.1]) {
      const x = new Float32Array(count + 8).fill(value);
      // The scale is no power of two; the last eight elements set it and are left out.
      x[count] = 6.3;
      const q = quantize(x, 1, x.length, { rounding: 'stochastic', randomBits: bits });
      const codes = unpackCodes(q.words, 1, x.length).subarray(0, count);
      const mean = codes.reduce((sum, code) => sum + E2M1_VALUES[code]!, 0) / count;
      const exact = Math.fround(value) / q.scales[0]!;
      const step = Math.abs(exact) < 2 ? 0.5 : Math.abs(exact) < 4 ? 1 : 2;
      expect(Math.abs(mean - exact)).toBeLessThanOrEqual((2 ** -16 + 2 ** -20) * step);
    }
  });

  it('saturates beyond 6 whatever the bits, however small the clip factor', () => {
    const x = new Float32Array([1, -1, 2 ** 80, 0]);
    for (const word of [0, 2 ** 32 - 1]) {
      const options = {
        rounding: 'stochastic',
        randomBits: new Uint32Array(4).fill(word),
        clip: 2 ** -100,
      } as const;
      expect([...quantizeCodes(x, 1, 4, options).codes]).toEqual([7, 15, 7, 0]);
      expect([...unpackCodes(quantize(x, 1, 4, options).words, 1, 4)]).toEqual([7, 15, 7, 0]);
    }
  });
});
