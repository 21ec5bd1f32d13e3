import { describe, expect, it } from 'vitest';
import { predictDelta, predictLoss } from './predict.ts';
import { chinchillaConstants, qatDeltaConstants } from '../laws/published.ts';

const { qat, hoffmann } = chinchillaConstants;
const { w4a4 } = qatDeltaConstants;

describe('predictLoss', () => {
  it('is E + A/N^alpha + B/D^beta', () => {
    const expected = 1.69 + 406.4 / 70e9 ** 0.34 + 410.7 / 1.4e12 ** 0.28;
    expect(predictLoss({ N: 70e9, D: 1.4e12 }, hoffmann)).toBeCloseTo(expected, 13);
  });

  it('adds the quantization error', () => {
    const point = { N: 594e6, D: 1e11, G: 32 };
    const expected = predictLoss({ N: 594e6, D: 1e11 }, qat) + predictDelta(point, w4a4);
    expect(predictLoss(point, qat, w4a4)).toBe(expected);
  });

  it('refuses a group size without an error law, and an error law without a group size', () => {
    expect(() => predictLoss({ N: 1e8, D: 1e9, G: 32 }, qat)).toThrow(/predictLoss: .*got G = 32 without/);
    expect(() => predictLoss({ N: 1e8, D: 1e9 }, qat, w4a4)).toThrow(/predictDelta: G must be given/);
  });

  it.each([
    [{ N: 0, D: 1e9 }, /N must be a positive number, but got 0/],
    [{ N: 1e8, D: Number.NaN }, /D must be a positive number, but got NaN/],
    [{ N: 1e8, D: Infinity }, /D must be a positive number, but got Infinity/],
  ])('refuses %o', (point, message) => {
    expect(() => predictLoss(point, qat)).toThrow(message);
  });
});

describe('predictDelta', () => {
  it('is zero at G = 1', () => {
    expect(predictDelta({ N: 1e8, D: 1e9, G: 1 }, w4a4)).toBe(0);
  });

  it('refuses parameters that are missing or out of bounds, and G below 1', () => {
    const point = { N: 1e8, D: 1e9, G: 32 };
    expect(() => predictDelta(point, { ...w4a4, k: -1 })).toThrow(
      /k must lie between 0 and Infinity, but got -1/,
    );
    const { gammaG: _, ...incomplete } = w4a4;
    expect(() => predictDelta(point, incomplete as typeof w4a4)).toThrow(
      /gammaG must be given, but is missing/,
    );
    expect(() => predictDelta({ ...point, G: 0.5 }, w4a4)).toThrow(/group size of at least 1, but got 0.5/);
  });
});
