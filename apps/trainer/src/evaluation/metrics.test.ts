import { describe, expect, it } from 'vitest';
import { meanMetric, perplexityMetric } from './metrics.ts';

describe('meanMetric', () => {
  it('has the standard error of lm-evaluation-harness: √(p (1 − p) / (n − 1)) of zeros and ones', () => {
    const values = Array.from({ length: 50 }, (_, i) => Number(i % 5 === 0));
    const { value, standardError } = meanMetric(values);
    expect(value).toBeCloseTo(0.2, 12);
    expect(standardError).toBeCloseTo(Math.sqrt((0.2 * 0.8) / 49), 12);
  });
  it('has none of one value, and no mean of none', () => {
    expect(meanMetric([1])).toEqual({ value: 1, standardError: null });
    expect(() => meanMetric([])).toThrow('meanMetric: there must be at least one value');
  });
});

describe('perplexityMetric', () => {
  it('is exp of the mean, with the error that a small change of the mean makes', () => {
    const logs = [-1, -2, -3, -2.5, -1.5];
    const mean = meanMetric(logs);
    const { value, standardError } = perplexityMetric(logs);
    expect(value).toBeCloseTo(Math.exp(2), 10);
    const step = 1e-6 * mean.standardError!;
    const change = (Math.exp(-(mean.value - step)) - Math.exp(-mean.value)) / 1e-6;
    expect(standardError).toBeCloseTo(change, 4);
  });
});
