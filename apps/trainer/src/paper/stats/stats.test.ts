import { describe, expect, it } from 'vitest';
import { meanInterval, ratioInterval } from './intervals.ts';
import { covariance, mean, quantile, standardDeviation } from './sample-moments.ts';

describe('sample moments', () => {
  it('mean, standard deviation, covariance and quantiles', () => {
    expect(mean([1, 2, 4])).toBeCloseTo(7 / 3, 12);
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(2.13809, 5);
    expect(covariance([1, 2, 3], [2, 4, 7])).toBeCloseTo(2.5, 12);
    expect(standardDeviation([1])).toBeNaN();
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([5, 1], 0.1)).toBeCloseTo(1.4, 12);
    expect(() => mean([])).toThrow(/at least one number/);
    expect(() => covariance([1], [1, 2])).toThrow(/same length, but got 1 and 2/);
  });
});

describe('meanInterval', () => {
  it('three values: mean ± 4.30265 · s / √3', () => {
    const { estimate, range, count } = meanInterval([1, 2, 3]);
    expect([estimate, count]).toEqual([2, 3]);
    expect(range![0]).toBeCloseTo(2 - 4.30265 / Math.sqrt(3), 4);
    expect(range![1]).toBeCloseTo(2 + 4.30265 / Math.sqrt(3), 4);
  });

  it('one value has no interval', () => {
    expect(meanInterval([7])).toEqual({ estimate: 7, range: null, count: 1 });
  });
});

describe('ratioInterval', () => {
  it('with constant denominators is the interval of the mean', () => {
    const { estimate, range } = ratioInterval([1, 2, 3], [2, 2, 2]);
    const plain = meanInterval([0.5, 1, 1.5]);
    expect(estimate).toBeCloseTo(plain.estimate, 12);
    expect(range![0]).toBeCloseTo(plain.range![0], 12);
    expect(range![1]).toBeCloseTo(plain.range![1], 12);
  });

  it('is the point where both are proportional', () => {
    const { range } = ratioInterval(
      [1, 2, 3],
      [10, 20, 30].map((value) => value + 60),
    );
    expect(ratioInterval([7, 8, 9], [14, 16, 18]).range![0]).toBeCloseTo(0.5, 6);
    expect(range![0]).toBeLessThan(2 / 80);
    expect(range![1]).toBeGreaterThan(2 / 80);
  });

  // At either end of the interval the mean of a − r b is exactly t standard errors from zero.
  it('ends where the difference becomes significant', () => {
    const [a, b] = [
      [0.1, 0.3, 0.25, 0.2],
      [0.5, 0.55, 0.45, 0.6],
    ];
    for (const r of ratioInterval(a, b).range!) {
      const { range } = meanInterval(a.map((value, i) => value - r * b[i]!));
      expect(Math.min(Math.abs(range![0]), Math.abs(range![1]))).toBeCloseTo(0, 9);
    }
  });

  it('has no interval where the denominator cannot be told from zero', () => {
    expect(ratioInterval([1, 2, 3], [-1, 0.5, 2]).range).toBeNull();
  });
});
