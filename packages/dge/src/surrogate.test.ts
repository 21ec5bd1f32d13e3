import { E1M2, E2M1, E3M0, E4M3, E5M2, INT4, INT8 } from '@nibble-ml/fp4-format';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dgeDerivative } from './derivative.ts';
import { dgeIntervals } from './intervals.ts';
import { dgeSmoothBound, dgeSmoothDerivative } from './smooth-derivative.ts';
import { dgeSurrogate } from './surrogate.ts';

const formats = [E1M2, E2M1, E3M0, INT4, INT8, E4M3];
const seeded = { seed: 20260101, numRuns: 500 };

describe('dgeIntervals', () => {
  it('has the 14 intervals of E2M1', () => {
    const intervals = dgeIntervals();
    expect(intervals.map(({ left, right }) => right - left)).toEqual([
      2, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 2,
    ]);
    expect(intervals[0]!.left).toBe(-6);
    expect(intervals[13]!.right).toBe(6);
  });
  it('has one interval fewer than a format has values', () => {
    expect(formats.map((format) => dgeIntervals(format).length)).toEqual([14, 14, 14, 15, 255, 252]);
    // Infinities and NaN are no grid points: 2 · 123 finite magnitudes and 0.
    expect(dgeIntervals(E5M2)).toHaveLength(246);
    expect(dgeIntervals(E5M2)[245]).toEqual({ left: 49_152, right: 57_344 });
  });
});

describe('dgeSurrogate', () => {
  it.each(formats)('meets the grid points and midpoints of $name', (format) => {
    for (const { left, right } of dgeIntervals(format)) {
      expect(dgeSurrogate(left, { format })).toBe(left);
      expect(dgeSurrogate(right, { format })).toBe(right);
      expect(dgeSurrogate((left + right) / 2, { format })).toBe((left + right) / 2);
    }
  });
  it('is the identity for k = 1', () => {
    for (let x = -8; x <= 8; x += 1 / 64) expect(dgeSurrogate(x, { k: 1 })).toBeCloseTo(x, 14);
  });
  it('is odd and increasing', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -8, max: 8, noNaN: true }),
        fc.double({ min: 1e-6, max: 1, noNaN: true }),
        (x, step) => {
          expect(dgeSurrogate(-x)).toBeCloseTo(-dgeSurrogate(x), 12);
          expect(dgeSurrogate(x + step)).toBeGreaterThan(dgeSurrogate(x));
        },
      ),
      seeded,
    );
  });
  it('tends to rounding as k grows', () => {
    expect(dgeSurrogate(0.3, { k: 1e6 })).toBeCloseTo(0.5, 5);
    expect(dgeSurrogate(-4.9, { k: 1e6 })).toBeCloseTo(-4, 5);
    expect(dgeSurrogate(5.1, { k: 1e6 })).toBeCloseTo(6, 5);
  });
});

describe('dgeDerivative', () => {
  it('gives the vector of the released unit test', () => {
    // linspace(-6, 6, 20), k = 5, clip 3; printed in bf16, whose input rounding moves values by up to 3 %.
    const half = [0.2002, 0.4375, 0.6055, 0.2168, 1.8359, 0.2695, 0.3027, 0.2695, 0.2402, 0.5781];
    const expected = [...half, ...half.toReversed()];
    for (const [i, value] of expected.entries()) {
      const x = toBfloat16(-6 + (12 * i) / 19);
      expect(Math.abs(dgeDerivative(x) / value - 1)).toBeLessThan(0.005);
    }
  });
  it.each([
    [3, 0.778],
    [5, 0.593],
    [10, 0.383],
  ])('has the mean over an interval for k = %i of %f', (k, expected) => {
    const samples = 200_000;
    let sum = 0;
    for (let i = 0; i < samples; i++) sum += dgeDerivative((i + 0.5) / samples / 2, { k });
    expect(sum / samples).toBeCloseTo(expected, 3);
  });
  it.each(formats)('is the slope of the surrogate for $name', (format) => {
    const step = 1e-6;
    fc.assert(
      fc.property(
        fc.double({ min: format.min * 1.2, max: format.max * 1.2, noNaN: true }),
        fc.constantFrom(1, 2, 3, 5, 10),
        (x, k) => {
          const slope = dgeDerivative(x, { k, format, clip: 1e9 });
          // Next to a midpoint the curvature exceeds what a difference can see; at a grid point there is a kink.
          fc.pre(
            slope < 3 &&
              dgeIntervals(format).every(
                ({ left, right }) => Math.min(Math.abs(x - left), Math.abs(x - right)) > step,
              ),
          );
          const difference =
            (dgeSurrogate(x + step, { k, format }) - dgeSurrogate(x - step, { k, format })) / (2 * step);
          expect(Math.abs(difference - slope)).toBeLessThan(1e-4 * Math.max(1, slope));
        },
      ),
      seeded,
    );
  });
  it('is 1 everywhere for k = 1, at any point of any grid and with either behaviour below it: straight-through', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true }),
        fc.constantFrom(...formats),
        fc.double({ min: 1, max: 100, noNaN: true }),
        (x, format, clip) => {
          expect(dgeDerivative(x, { k: 1, format, clip })).toBe(1);
          expect(dgeDerivative(Math.min(x, format.max), { k: 1, format, clip, outside: 'msAmp' })).toBe(1);
        },
      ),
      seeded,
    );
  });
  it('gives NaN for NaN, whatever k', () => {
    for (const k of [1, 5]) expect(dgeDerivative(NaN, { k })).toBeNaN();
  });
  it('needs no factor of the scale: it is the slope of f(w / s) · s (appendix C.2)', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.double({ min: 1e-4, max: 1e4, noNaN: true }),
        (x, scale) => {
          const weight = x * scale;
          const step = 1e-6 * scale;
          const slope = dgeDerivative(weight / scale, { clip: 1e9 });
          fc.pre(
            slope < 3 &&
              dgeIntervals().every(
                ({ left, right }) => Math.min(Math.abs(x - left), Math.abs(x - right)) > 2e-6,
              ),
          );
          const surrogate = (w: number): number => dgeSurrogate(w / scale) * scale;
          const difference = (surrogate(weight + step) - surrogate(weight - step)) / (2 * step);
          expect(Math.abs(difference - slope)).toBeLessThan(1e-4 * Math.max(1, slope));
        },
      ),
      seeded,
    );
  });
  it('agrees from both sides at grid points, and is even', () => {
    for (const { left, right } of dgeIntervals()) {
      for (const x of [left, right]) {
        for (const side of [-1e-9, 0, 1e-9]) expect(dgeDerivative(x + side)).toBeCloseTo(0.2, 6);
      }
    }
    fc.assert(
      fc.property(
        fc.double({ min: -10, max: 10, noNaN: true }),
        (x) => dgeDerivative(x) === dgeDerivative(-x),
      ),
      seeded,
    );
  });
  it('is clipped within (3k)^(-k/(k-1)) of a midpoint', () => {
    const halfWidth = 15 ** (-5 / 4);
    expect(halfWidth).toBeCloseTo(0.0339, 4);
    expect(dgeDerivative(5 + halfWidth * 0.99)).toBe(3);
    expect(dgeDerivative(5 + halfWidth * 1.01)).toBeLessThan(3);
    expect(dgeDerivative(5, { clip: 7 })).toBe(7);
  });
  it('keeps the edge value outside the grid, or does as the released code', () => {
    expect(dgeDerivative(6.5)).toBe(0.2);
    expect(dgeDerivative(-Infinity)).toBe(0.2);
    expect(dgeDerivative(6, { outside: 'msAmp' })).toBe(0.2);
    expect(dgeDerivative(6.01, { outside: 'msAmp' })).toBe(0);
    expect(dgeDerivative(-7, { outside: 'msAmp' })).toBeCloseTo(0.2 * 2 ** -0.8, 12);
  });
  it('gives NaN for NaN', () => {
    expect(dgeDerivative(NaN)).toBeNaN();
  });
  it('refuses a k below 1, a clip of 0 and an unknown behaviour', () => {
    expect(() => dgeDerivative(0, { k: 0 })).toThrow(
      /dgeDerivative: k must be a finite number of at least 1, but got 0/,
    );
    expect(() => dgeDerivative(0, { clip: NaN })).toThrow(
      /dgeDerivative: clip must be positive and finite, but got NaN/,
    );
    expect(() => dgeDerivative(0, { outside: 'x' as never })).toThrow(
      /outside must be edge or msAmp, but got x/,
    );
    expect(() => dgeSurrogate(0, { k: Infinity })).toThrow(/dgeSurrogate: k must be/);
  });
});

describe('dgeSmoothDerivative', () => {
  it('tends to the unclipped derivative as epsilon vanishes', () => {
    for (const x of [-5.7, -0.3, 0.1, 1.6, 4.4]) {
      expect(dgeSmoothDerivative(x, { epsilon: 1e-7 })).toBeCloseTo(dgeDerivative(x, { clip: 1e9 }), 10);
    }
  });
  it('takes its bound at the midpoints and nowhere exceeds it', () => {
    const options = { k: 5, epsilon: 0.0339 };
    const bound = dgeSmoothBound(options);
    expect(bound).toBeCloseTo(3, 1);
    expect(dgeSmoothDerivative(0.25, options)).toBeCloseTo(bound, 12);
    for (let x = -7; x <= 7; x += 0.001)
      expect(dgeSmoothDerivative(x, options)).toBeLessThanOrEqual(bound * (1 + 1e-12));
  });
  it('never exceeds its bound, and takes it at every midpoint, for any format, k and epsilon', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...formats),
        fc.double({ min: 1, max: 20, noNaN: true }),
        fc.double({ min: 1e-3, max: 1, noNaN: true }),
        fc.double({ min: -1.2, max: 1.2, noNaN: true }),
        (format, k, epsilon, position) => {
          const options = { k, epsilon, format };
          const bound = dgeSmoothBound(options);
          const x = position * format.max;
          expect(dgeSmoothDerivative(x, options)).toBeLessThanOrEqual(bound * (1 + 1e-12));
          const { left, right } =
            dgeIntervals(format).find((interval) => interval.right >= x) ?? dgeIntervals(format)[0]!;
          expect(dgeSmoothDerivative((left + right) / 2, options) / bound).toBeCloseTo(1, 12);
        },
      ),
      seeded,
    );
  });
  it('keeps its edge value outside the grid', () => {
    expect(dgeSmoothDerivative(9, { epsilon: 0.1 })).toBe(dgeSmoothDerivative(6, { epsilon: 0.1 }));
  });
  it('refuses an epsilon of 0', () => {
    expect(() => dgeSmoothDerivative(0, { epsilon: 0 })).toThrow(
      /dgeSmoothDerivative: epsilon must be positive and finite, but got 0/,
    );
    expect(() => dgeSmoothBound({ epsilon: -1 })).toThrow(/dgeSmoothBound: epsilon must be positive/);
  });
});

function toBfloat16(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = ((bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1)) & 0xffff0000) >>> 0;
  return new Float32Array(bits.buffer)[0]!;
}
