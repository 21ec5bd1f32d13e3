import { describe, expect, it } from 'vitest';
import { bitsOf, normalFloats, seededRandom } from './index.ts';

describe('seededRandom', () => {
  it('is uniform in [0, 1) and the same for the same seed', () => {
    const [a, b, other] = [seededRandom(1), seededRandom(1), seededRandom(2)];
    const values = Array.from({ length: 10_000 }, a);
    expect(Array.from({ length: 10_000 }, b)).toEqual(values);
    expect(other()).not.toBe(values[0]);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    // Four standard errors of the mean of 10,000 uniform numbers.
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / values.length));
  });
});

describe('normalFloats', () => {
  it('has the mean, the deviation and the tails of a normal distribution', () => {
    const values = normalFloats(20_000, 3, 2);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const outside = values.filter((value) => Math.abs(value) > 4).length / values.length;
    expect(Math.abs(mean)).toBeLessThan((4 * 2) / Math.sqrt(values.length));
    expect(Math.abs(variance / 4 - 1)).toBeLessThan(4 * Math.sqrt(2 / values.length));
    expect(Math.abs(outside - 0.0455)).toBeLessThan(4 * Math.sqrt((0.0455 * 0.9545) / values.length));
  });
});

describe('bitsOf', () => {
  it('tells the zeros apart, also in a view', () => {
    expect([...bitsOf(Float32Array.of(1, -0, 0).subarray(1))]).toEqual([0x80000000, 0]);
  });
});
