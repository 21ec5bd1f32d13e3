import { describe, expect, it } from 'vitest';
import { absmax, cosineSimilarity, kurtosis, meanSquaredError, sqnrDecibels } from './metrics.ts';

const x = new Float32Array([3, -4, 0]);
const y = new Float32Array([3, -3, 1]);
const empty = new Float32Array(0);

describe('metrics, by hand', () => {
  it('absmax', () => {
    expect([absmax(x), absmax(empty)]).toEqual([4, 0]);
  });

  it('meanSquaredError', () => {
    expect(meanSquaredError(x, y)).toBe(2 / 3);
    expect(meanSquaredError(empty, empty)).toBeNaN();
  });

  it('cosineSimilarity', () => {
    expect(cosineSimilarity(x, y)).toBeCloseTo(21 / (5 * Math.sqrt(19)), 14);
    expect(cosineSimilarity(x, x)).toBe(1);
    expect(
      cosineSimilarity(
        x,
        x.map((value) => -2 * value),
      ),
    ).toBe(-1);
    expect(cosineSimilarity(x, new Float32Array(3))).toBeNaN();
  });

  it('sqnrDecibels: 25 to 2', () => {
    expect(sqnrDecibels(x, y)).toBeCloseTo(10 * Math.log10(12.5), 12);
    expect(sqnrDecibels(x, x)).toBe(Infinity);
    // Errors of a tenth are 20 dB down.
    expect(sqnrDecibels(new Float32Array([10]), new Float32Array([9]))).toBeCloseTo(20, 12);
  });

  it('kurtosis is not the excess: 1 for a coin, 1.8 for a uniform, n - 2 + 1/(n - 1) for one outlier', () => {
    expect(kurtosis(new Float32Array([1, -1, 1, -1]))).toBe(1);
    expect(kurtosis(new Float32Array([6, 4, 6, 4]))).toBe(1);
    expect(kurtosis(Float32Array.from({ length: 10001 }, (_, i) => i - 5000))).toBeCloseTo(1.8, 6);
    expect(kurtosis(new Float32Array([0, 0, 0, 0, 1]))).toBeCloseTo(3.25, 12);
    expect(kurtosis(new Float32Array([2, 2]))).toBeNaN();
  });

  it('refuses different lengths', () => {
    for (const metric of [meanSquaredError, cosineSimilarity, sqnrDecibels]) {
      expect(() => metric(x, empty)).toThrow(/same length, but got 3 and 0/);
    }
  });
});
