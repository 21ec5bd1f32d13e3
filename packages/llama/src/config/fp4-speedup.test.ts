import { describe, expect, it } from 'vitest';
import { fp4Speedup } from './fp4-speedup.ts';
import { findModel } from './model-zoo.ts';

describe('fp4Speedup', () => {
  const { dim, context } = findModel('llama-2-7b');
  const corrected = { dim, context, gradientEstimator: true, alpha: 0.99 };

  it('is the 3.12 of arXiv 2501.17116 for a 7B model without corrections', () => {
    expect(fp4Speedup({ dim, context })).toEqual({
      speedup: expect.closeTo(3.115, 3),
      compensationShare: 0,
      estimatorShare: 0,
    });
  });
  it('is its 2.95 with both corrections, compensation taking 5.6 % and the estimator 0.1 %', () => {
    const { speedup, compensationShare, estimatorShare } = fp4Speedup(corrected);
    expect(speedup).toBeCloseTo(2.95, 2);
    expect(compensationShare).toBeCloseTo(0.056, 3);
    expect(estimatorShare).toBeCloseTo(0.001, 3);
  });
  it('is 3.03, compensation taking 2.8 %, by the formula that the paper prints', () => {
    const { speedup, compensationShare } = fp4Speedup({ ...corrected, compensation: 'printed' });
    expect(speedup).toBeCloseTo(3.03, 2);
    expect(compensationShare).toBeCloseTo(0.028, 3);
  });
  it('is 1 when products are no faster', () => {
    expect(fp4Speedup({ dim, context, gemmSpeed: 1 }).speedup).toBe(1);
  });
});
