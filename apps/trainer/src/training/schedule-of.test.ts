import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import { scheduleOf } from './schedule-of.ts';

const config = { ...defaultConfig, steps: 100, warmupFraction: 0.1, decayFraction: 0.2, learningRate: 1 };

describe('scheduleOf', () => {
  it('warms up, then falls along a cosine to the last step', () => {
    const rate = scheduleOf(config);
    expect([rate(0), rate(9), rate(54), rate(99)].map((value) => Number(value.toFixed(6)))).toEqual([
      0.1, 1, 0.55, 0.1,
    ]);
  });

  it('warms up, holds and falls in a straight line with wsd', () => {
    const rate = scheduleOf({ ...config, schedule: 'wsd' });
    expect([rate(0), rate(9), rate(79), rate(89), rate(99)].map((value) => Number(value.toFixed(6)))).toEqual(
      [0.1, 1, 1, 0.55, 0.1],
    );
  });

  it('shortens a decay that would overlap the warm-up', () => {
    const rate = scheduleOf({ ...config, schedule: 'wsd', warmupFraction: 0.9, decayFraction: 0.5 });
    expect([rate(89), rate(99)]).toEqual([1, 0.1]);
  });
});
