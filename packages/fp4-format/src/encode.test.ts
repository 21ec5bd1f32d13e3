import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ALL_FORMATS,
  SMALL_SIGNED_FORMATS,
  finiteBf16,
  nearestEvenValue,
  sortedValues,
  stepUlps,
  ties,
} from '../test/oracle.ts';
import { decodeArray, gridOf } from './decode.ts';
import type { ElementFormat } from './element-format.ts';
import { encode, encodeArray, round, roundArray } from './encode.ts';
import { E2M1, E4M3, E5M2, E8M0, F16, INT4 } from './formats.ts';
import type { RoundingMode } from './rounding-mode.ts';

const bf16 = finiteBf16();
const seed = { seed: 20250521, numRuns: 300 };
const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
const anyFormat = fc.constantFrom(...SMALL_SIGNED_FORMATS);
const nearestModes: RoundingMode[] = ['nearestEven', 'tiesUp', 'halfAway'];

/** +Inf, -Inf, +NaN, -NaN. */
const specials = new Float32Array(new Uint32Array([0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000]).buffer);

/** Compares every input with the oracle, reports the first difference and returns how many were compared. */
function expectNearestEven(format: ElementFormat, inputs: Iterable<number>): number {
  const values = sortedValues(format);
  let count = 0;
  for (const x of inputs) {
    if (!format.isSigned && (x < 0 || Object.is(x, -0))) continue;
    const actual = round(format, x);
    const expected = nearestEvenValue(values, x);
    if (actual !== expected)
      throw new Error(`${format.name}: round(${x}) is ${actual}, nearest even is ${expected}`);
    count++;
  }
  return count;
}

describe('encode, nearest even', () => {
  it.each(ALL_FORMATS)('gives every code of $name back', (format) => {
    const codes = sortedValues(format).map(({ code }) => code);
    const values = sortedValues(format).map(({ value }) => value);
    expect(values.map((value) => encode(format, value))).toEqual(codes);
  });

  it.each(ALL_FORMATS)('finds the nearest value of $name for all finite bfloat16 inputs', (format) => {
    expect(bf16.length).toBe(65536 - 2 * 128);
    expect(expectNearestEven(format, bf16)).toBe(format.isSigned ? bf16.length : bf16.length / 2);
  });

  it.each(ALL_FORMATS)('is right on every tie of $name and 1 and 2 ulp beside it', (format) => {
    const inputs = ties(format).flatMap((tie) =>
      tie === 0 || Math.fround(tie) !== tie
        ? [tie]
        : [-2, -1, 0, 1, 2].map((n) => (Math.abs(tie) < 2 ** -140 ? tie : stepUlps(tie, n))),
    );
    expect(expectNearestEven(format, inputs)).toBeGreaterThan(6);
  });

  it('takes ties to the even code in E2M1', () => {
    expect([0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5].map((x) => round(E2M1, x))).toEqual([0, 1, 1, 2, 2, 4, 4]);
  });

  it('carries the sign of zero, subnormals and everything that rounds to zero', () => {
    for (const format of SMALL_SIGNED_FORMATS) {
      const negativeZero = format.encoding === 'integer' ? 0 : 2 ** (format.bits - 1);
      expect(encode(format, 0)).toBe(0);
      expect(encode(format, 2 ** -149)).toBe(0);
      expect(encode(format, -0)).toBe(negativeZero);
      expect(encode(format, -(2 ** -149))).toBe(negativeZero);
      expect([...encodeArray(format, new Float32Array([0, -0, 2 ** -149, -(2 ** -140)]))]).toEqual([
        0,
        negativeZero,
        0,
        negativeZero,
      ]);
    }
  });

  it.each(ALL_FORMATS)('saturates $name at its largest values', (format) => {
    expect(round(format, 3.4e38)).toBe(format.max);
    expect(round(format, 1e300)).toBe(format.max);
    const mostNegative = format.isSigned ? -1e300 : 1e-300;
    expect(round(format, mostNegative)).toBe(format.min);
  });

  it('keeps 16-bit codes in a Uint16Array', () => {
    const codes = encodeArray(F16, new Float32Array([1, -2, 65504, 2 ** -24]));
    expect(codes).toEqual(new Uint16Array([0x3c00, 0xc000, 0x7bff, 1]));
    expect(decodeArray(F16, codes)).toEqual(new Float32Array([1, -2, 65504, 2 ** -24]));
  });
});

describe('encode, other modes', () => {
  // The nested compares of the kernel in arXiv 2501.17116, appendix A, as printed.
  const paperLadder: [number, number][] = [
    [-5, -6],
    [-3.5, -4],
    [-2.5, -3],
    [-1.75, -2],
    [-1.25, -1.5],
    [-0.75, -1],
    [-0.25, -0.5],
    [0.25, 0],
    [0.75, 0.5],
    [1.25, 1],
    [1.75, 1.5],
    [2.5, 2],
    [3.5, 3],
    [5, 4],
  ];
  const paperKernel = (x: number): number => paperLadder.find(([threshold]) => x < threshold)?.[1] ?? 6;

  it("'tiesUp' equals the kernel of paper A for all bfloat16 inputs, up to the sign of zero", () => {
    for (const x of bf16) {
      const value = round(E2M1, x, { rounding: 'tiesUp' });
      if (value + 0 !== paperKernel(x)) throw new Error(`tiesUp(${x}) is ${value}, paper ${paperKernel(x)}`);
    }
    expect([0.25, -0.25, 5, -5].map((x) => round(E2M1, x, { rounding: 'tiesUp' }))).toEqual([0.5, -0, 6, -4]);
  });

  it("'halfAway' takes ties away from zero on both sides", () => {
    const tiesOfE2m1 = [0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5];
    const away = [0.5, 1, 1.5, 2, 3, 4, 6];
    expect(tiesOfE2m1.map((x) => round(E2M1, x, { rounding: 'halfAway' }))).toEqual(away);
    expect(tiesOfE2m1.map((x) => round(E2M1, -x, { rounding: 'halfAway' }))).toEqual(away.map((x) => -x));
  });

  it("'stochastic' rounds up for exactly a fraction of the 2^24 patterns of the upper bits", () => {
    for (const format of SMALL_SIGNED_FORMATS) {
      for (const fraction of [0.125, 0.5, 0.8]) {
        const [, one, two] = gridOf(format);
        const x = one! + fraction * (two! - one!);
        const limit = Math.ceil(fraction * 2 ** 24 - 1e-6) * 256;
        expect(round(format, x, { rounding: 'stochastic', randomBits: limit - 1 })).toBe(two);
        expect(round(format, x, { rounding: 'stochastic', randomBits: limit })).toBe(one);
        expect(round(format, -x, { rounding: 'stochastic', randomBits: limit - 1 })).toBe(-two!);
      }
    }
  });

  it("'stochastic' leaves representable values alone whatever the bits", () => {
    for (const value of gridOf(E2M1)) {
      for (const randomBits of [0, 1, 2 ** 31, 2 ** 32 - 1]) {
        expect(round(E2M1, value, { rounding: 'stochastic', randomBits })).toBe(value);
      }
    }
  });

  it("'stochastic' is unbiased: equally spaced bits give the mean within 2^-16 of a step", () => {
    const bits = Uint32Array.from({ length: 65536 }, (_, i) => i * 65536);
    for (const x of [0.1, 0.3, 0.7, 1.9, 2.2, 3.3, 4.7, 5.99, -0.05, -4.1]) {
      const rounded = roundArray(E2M1, new Float32Array(65536).fill(x), {
        rounding: 'stochastic',
        randomBits: bits,
      });
      const mean = rounded.reduce((sum, value) => sum + value, 0) / 65536;
      expect(Math.abs(mean - Math.fround(x))).toBeLessThanOrEqual(2 * 2 ** -16);
    }
  });
});

describe('encode, properties', () => {
  it('is monotone', () => {
    fc.assert(
      fc.property(anyFormat, finite, finite, fc.constantFrom(...nearestModes), (format, a, b, rounding) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(round(format, low, { rounding })).toBeLessThanOrEqual(round(format, high, { rounding }) + 0);
      }),
      seed,
    );
  });

  it('is idempotent, also stochastically', () => {
    fc.assert(
      fc.property(anyFormat, finite, fc.nat({ max: 2 ** 32 - 1 }), (format, x, randomBits) => {
        for (const rounding of [...nearestModes, 'stochastic'] as const) {
          const once = round(format, x, { rounding, randomBits });
          expect(round(format, once, { rounding, randomBits })).toBe(once);
        }
      }),
      seed,
    );
  });

  it("is sign-symmetric except where the mode or two's complement says otherwise", () => {
    fc.assert(
      fc.property(anyFormat, finite, (format, x) => {
        if (format.encoding === 'integer') return;
        for (const rounding of ['nearestEven', 'halfAway'] as const) {
          expect(round(format, -x, { rounding })).toBe(-round(format, x, { rounding }));
        }
      }),
      seed,
    );
  });

  it('is off by at most half the step inside the range, and by less than a step stochastically', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL_FORMATS.filter(({ name }) => name !== 'e8m0')),
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.integer({ min: -40, max: 0 }),
        fc.nat({ max: 2 ** 32 - 1 }),
        (format, unit, exponent, randomBits) => {
          const x = Math.max(unit * format.max * 2 ** exponent, format.min);
          const grid = gridOf(format);
          const above = grid.findIndex((value) => value > Math.abs(x));
          const step = above < 0 ? 0 : grid[above]! - grid[above - 1]!;
          for (const rounding of nearestModes) {
            expect(Math.abs(round(format, x, { rounding }) - x)).toBeLessThanOrEqual(step / 2);
          }
          const stochastic = round(format, x, { rounding: 'stochastic', randomBits });
          expect(Math.abs(stochastic - x)).toBeLessThanOrEqual(step);
        },
      ),
      seed,
    );
  });
});

describe('encode, special values', () => {
  it('names the index and the value by default', () => {
    expect(() => encodeArray(E2M1, new Float32Array([1, 2, NaN]))).toThrow(
      /encodeArray: x must be finite, but x\[2\] is NaN/,
    );
    expect(() => encode(E4M3, -Infinity)).toThrow(/encode: x must be finite, but got -Infinity/);
    expect(() => round(E4M3, NaN)).toThrow(/round: x must be finite/);
  });

  // Codes of +Inf, -Inf, +NaN, -NaN. Those of E2M1 are the published behaviour of each system.
  it.each([
    { format: E2M1, nonFinite: 'mlDtypes', codes: [7, 15, 8, 0] },
    { format: E2M1, nonFinite: 'cuda', codes: [7, 15, 7, 7] },
    { format: INT4, nonFinite: 'mlDtypes', codes: [7, 8, 0, 0] },
    { format: E4M3, nonFinite: 'mlDtypes', codes: [0x7f, 0xff, 0x7f, 0xff] },
    { format: E4M3, nonFinite: 'cuda', codes: [0x7e, 0xfe, 0x7f, 0xff] },
    { format: E5M2, nonFinite: 'mlDtypes', codes: [0x7c, 0xfc, 0x7e, 0xfe] },
    { format: E5M2, nonFinite: 'gfloat', codes: [0x7b, 0xfb, 0x7e, 0xfe] },
  ] as const)('$format.name follows $nonFinite', ({ format, nonFinite, codes }) => {
    expect([...encodeArray(format, specials, { nonFinite })]).toEqual(codes);
  });

  it.each([
    { nonFinite: 'mlDtypes', nan: [8, 0] },
    { nonFinite: 'cuda', nan: [7, 7] },
  ] as const)(
    'E2M1 follows $nonFinite on all 256 bfloat16 patterns that are not finite',
    ({ nonFinite, nan }) => {
      const patterns = Uint32Array.from(
        { length: 256 },
        (_, i) => ((i & 128) << 24) | 0x7f800000 | ((i & 127) << 16),
      );
      const expected = Uint8Array.from(patterns, (_, i) => {
        const sign = i >>> 7;
        return (i & 127) === 0 ? 7 + 8 * sign : nan[sign]!;
      });
      expect(encodeArray(E2M1, new Float32Array(patterns.buffer), { nonFinite })).toEqual(expected);
    },
  );

  it("'gfloat' saturates infinity in E2M1 but refuses NaN", () => {
    expect([...encodeArray(E2M1, specials.subarray(0, 2), { nonFinite: 'gfloat' })]).toEqual([7, 15]);
    expect(() => encodeArray(E2M1, specials, { nonFinite: 'gfloat' })).toThrow(/x\[2\] is NaN.*'gfloat'/);
  });

  it('overflows to infinity or NaN when asked, on the rounded value', () => {
    const overflow = 'nonFinite';
    // 464 and 61440 are the ties between max and the next value there would be; both round to the even side.
    expect([448, 464, 464.01, -500].map((x) => encode(E4M3, x, { overflow }))).toEqual([
      0x7e, 0x7e, 0x7f, 0xff,
    ]);
    expect([57344, 61439, 61440, -7e4].map((x) => encode(E5M2, x, { overflow }))).toEqual([
      0x7b, 0x7b, 0x7c, 0xfc,
    ]);
    expect([65519, 65520].map((x) => encode(F16, x, { overflow }))).toEqual([0x7bff, 0x7c00]);
    expect(() => encode(E2M1, 9, { overflow })).toThrow(/e2m1 has neither/);
  });

  it('refuses what it cannot do', () => {
    const x = new Float32Array(3);
    expect(() => encode(E8M0, -1)).toThrow(
      'encode: x must not be negative for e8m0, which is unsigned, but got -1; choose a signed format',
    );
    expect(() => encodeArray(E8M0, new Float32Array([1, -2]))).toThrow(
      /e8m0, which is unsigned, but x\[1\] is -2/,
    );
    expect(() => encode(E2M1, 1, { rounding: 'stochastic' })).toThrow(/must come with randomBits/);
    expect(() => encodeArray(E2M1, x, { rounding: 'stochastic', randomBits: new Uint32Array(2) })).toThrow(
      /length 3, but got 2/,
    );
    expect(() => encode(E2M1, 1, { rounding: 'up' as RoundingMode })).toThrow(
      /rounding must be one of .*got up/,
    );
    expect(() => encode(E2M1, 1, { nonFinite: 'zero' as 'cuda' })).toThrow(
      /nonFinite must be one of .*got zero/,
    );
  });
});
