import { describe, expect, it } from 'vitest';
import { weightHistogram } from '../../../src/training/telemetry/weight-histogram.ts';
import { e2m1Codes } from '../chart/e2m1-codes.ts';
import { weightsPicture } from './weights-picture.ts';

describe('weightsPicture', () => {
  it('counts each weight under the code that it rounds to', () => {
    // The largest is 6, so the scale is 1.
    const weights = Float32Array.of(6, -6, 5.1, 0.1, -0.1, 0.3, -2.6, 1.3);
    const histogram = weightHistogram(weights, 1, weights.length);
    const { counts, codeCounts } = weightsPicture({
      role: 'qkv',
      block: 0,
      weightsDecibels: null,
      activationsDecibels: null,
      outlierShare: null,
      histogram,
    });
    const found = Object.fromEntries(e2m1Codes.map((code, index) => [code, codeCounts[index]]));
    expect(found).toMatchObject({ 6: 2, '-6': 1, 0: 2, 0.5: 1, '-3': 1, 1.5: 1 });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(weights.length);
  });
});
