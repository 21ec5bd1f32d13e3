import { describe, expect, it } from 'vitest';
import { bootstrapRefits, percentileInterval } from './bootstrap.ts';
import { HuberObjective } from './huber-objective.ts';
import { logSpace } from './parameter.ts';
import { definePowerLaw } from './power-law.ts';

// The least-squares fit of a constant is the geometric mean, whose bootstrap is known in closed form.
const constant = definePowerLaw({
  name: 'constant',
  formula: 'L = C',
  source: 'test',
  predicts: 'loss',
  parameters: [{ name: 'C', meaning: '', space: logSpace }],
  terms: [{ coefficient: 'C', factors: [] }],
  minimumDistinct: {},
});

function refitLogs(logs: readonly number[], strata: number[][][], resamples: number, seed: number): number[] {
  const observations = logs.map((log) => ({ N: 1, D: 1, observed: Math.exp(log) }));
  const objective = new HuberObjective(constant, observations, 100);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const refits = bootstrapRefits(objective, Float64Array.of(mean), strata, resamples, seed);
  expect([...objective.weights]).toEqual(logs.map(() => 1));
  return refits.map((theta) => theta[0]!);
}

describe('bootstrapRefits', () => {
  it('has the variance of the mean of draws with replacement, variance/n', () => {
    const logs = Array.from({ length: 20 }, (_, i) => Math.sin(i * i));
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length;
    const refits = refitLogs(logs, [logs.map((_, i) => [i])], 4000, 1);
    const spread = refits.reduce((sum, value) => sum + (value - mean) ** 2, 0) / refits.length;
    // The relative standard error of a variance over 4,000 draws is sqrt(2/4000) = 2.2 %.
    expect(Math.abs(spread / (variance / logs.length) - 1)).toBeLessThan(0.1);
  });

  it('draws the members of a cluster together', () => {
    const refits = refitLogs(
      [0, 2, 1, 5],
      [
        [
          [0, 1],
          [2, 3],
        ],
      ],
      100,
      2,
    );
    // Both clusters, or one of them twice.
    const means = new Set(refits.map((value) => value.toFixed(6)));
    expect([...means].toSorted()).toEqual(['1.000000', '2.000000', '3.000000']);
  });

  it('draws as many clusters from each stratum as it has', () => {
    const refits = refitLogs([0, 0, 0, 4], [[[0], [1], [2]], [[3]]], 50, 3);
    for (const value of refits) expect(value).toBeCloseTo(1, 6);
  });
});

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
