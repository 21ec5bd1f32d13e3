import { describe, expect, it } from 'vitest';
import { percentileInterval } from './bootstrap.ts';

describe('percentileInterval', () => {
  it('cuts equal tails, between order statistics', () => {
    const values = Array.from({ length: 101 }, (_, i) => 100 - i);
    expect(percentileInterval(values, 0.9)).toEqual([expect.closeTo(5, 10), expect.closeTo(95, 10)]);
    expect(percentileInterval([0, 1], 0.5)).toEqual([0.25, 0.75]);
  });

  it('is the value itself for a single value', () => {
    expect(percentileInterval([3], 0.95)).toEqual([3, 3]);
  });
});
