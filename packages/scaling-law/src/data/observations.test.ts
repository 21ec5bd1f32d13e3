import { describe, expect, it } from 'vitest';
import { matchTwins } from './observations.ts';
import type { ScalingRecord } from './scaling-record.ts';

const run = (N: number, precision: string, loss: number, seed?: number): ScalingRecord => ({
  N,
  D: 1e9,
  ...(precision === 'w4a4' ? { G: 32 } : {}),
  precision,
  loss,
  seed,
});

describe('matchTwins', () => {
  it('prefers the twin of the same seed, else takes the mean over seeds', () => {
    const high = [run(1e6, 'f32', 3, 1), run(1e6, 'f32', 3.2, 2)];
    const quantized = [run(1e6, 'w4a4', 3.5, 2), run(1e6, 'w4a4', 3.5, 9), run(1e6, 'w4a4', 3.5)];
    const losses = matchTwins(high, quantized)!.map(({ baselineLoss }) => baselineLoss);
    expect(losses).toEqual([3.2, 3.1, 3.1]);
  });

  it('puts runs that share a twin in one cluster', () => {
    const high = [run(1e6, 'f32', 3), run(2e6, 'bf16', 2.9)];
    const quantized = [run(2e6, 'w4a4', 3), run(1e6, 'w4a4', 3.1), run(2e6, 'w4a4', 3.05)];
    const [a, b, c] = matchTwins(high, quantized)!.map(({ cluster }) => cluster);
    expect(a).toBe(c);
    expect(a).not.toBe(b);
  });

  it('is undefined as soon as one run has no twin', () => {
    const quantized = [run(1e6, 'w4a4', 3.5), run(2e6, 'w4a4', 3.4)];
    expect(matchTwins([run(1e6, 'f32', 3)], quantized)).toBeUndefined();
  });
});
