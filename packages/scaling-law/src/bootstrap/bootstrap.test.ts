import { describe, expect, it } from 'vitest';
import { performWork } from '../fit/fit-work.ts';
import { HuberObjective } from '../fit/huber-objective.ts';
import { defineLaw } from '../laws/define-law.ts';
import { createRandom } from '../statistics/random.ts';
import { normalCdf, normalQuantile } from '../statistics/normal.ts';
import { bcaInterval, effectiveClusters, expandedConfidence, percentileInterval } from './intervals.ts';
import { residualPlan } from './resample-plan.ts';
import type { ResamplePlan } from './resample-plan.ts';

// The least-squares fit of a constant is the geometric mean, whose bootstrap is known in closed form.
const constant = defineLaw({
  name: 'constant',
  formula: 'C',
  source: 'test',
  predicts: 'loss',
  parameters: [{ name: 'C', meaning: '', domain: 'positive' }],
});

const each = (count: number): number[][] => Array.from({ length: count }, (_, i) => [i]);
const logs20 = Array.from({ length: 20 }, (_, i) => Math.sin(i * i));
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + (value - meanOf(values)) ** 2, 0) / values.length;

function refit(
  logs: readonly number[],
  resamples: number,
  planOf: (objective: HuberObjective, best: Float64Array) => ResamplePlan,
): number[] {
  const observations = logs.map((log) => ({ N: 1, D: 1, observed: Math.exp(log) }));
  const objective = new HuberObjective(constant, observations, 100);
  const best = Float64Array.of(meanOf(logs));
  const plan = planOf(objective, best);
  const [weights, observed] = [[...objective.weights], [...objective.logObserved]];
  const solutions = performWork(objective, { kind: 'resample', best, plan, from: 0, to: resamples });
  expect([...objective.weights]).toEqual(weights);
  expect([...objective.logObserved]).toEqual(observed);
  return solutions.map(({ theta }) => theta[0]!);
}

function drawCases(logs: readonly number[], strata: number[][][], resamples: number, seed: number): number[] {
  return refit(logs, resamples, () => ({ method: 'cases', strata, seed }));
}

describe('a bootstrap of cases', () => {
  it('has the variance of the mean of draws with replacement, variance/n', () => {
    const refits = drawCases(logs20, [each(20)], 4000, 1);
    // The relative standard error of a variance over 4,000 draws is sqrt(2/4000) = 2.2 %.
    expect(Math.abs(varianceOf(refits) / (varianceOf(logs20) / 20) - 1)).toBeLessThan(0.1);
  });

  it('draws the members of a cluster together', () => {
    const strata = [
      [
        [0, 1],
        [2, 3],
      ],
    ];
    // Both clusters, or one of them twice.
    const means = new Set(drawCases([0, 2, 1, 5], strata, 100, 2).map((value) => value.toFixed(6)));
    expect([...means].toSorted()).toEqual(['1.000000', '2.000000', '3.000000']);
  });

  it('draws as many clusters from each stratum as it has', () => {
    const strata = [[[0], [1], [2]], [[3]]];
    for (const value of drawCases([0, 0, 0, 4], strata, 50, 3)) expect(value).toBeCloseTo(1, 6);
  });
});

describe('a bootstrap of residuals', () => {
  it('has the variance of the mean that leaving one out gives', () => {
    const refits = refit(logs20, 4000, (objective, best) => residualPlan(objective, best, [each(20)], 1));
    // CR3: each residual over 1 − 1/n, so that the variance is Σ r²/n² · (n/(n − 1))².
    const expected = (varianceOf(logs20) / 20) * (20 / 19) ** 2;
    expect(Math.abs(varianceOf(refits) / expected - 1)).toBeLessThan(0.1);
  });

  it('changes the sign of the members of a cluster together', () => {
    const clusters = [
      [0, 1],
      [2, 3],
    ];
    const refits = refit([0, 2, 1, 5], 200, (objective, best) =>
      residualPlan(objective, best, [clusters], 2),
    );
    // Residuals of the mean 2: -2, 0 and -1, 3; enlarged by (1 − H)⁻¹ with H = ¼ throughout, -3, -1 and 0, 4.
    const means = new Set(refits.map((value) => value.toFixed(4)));
    expect([...means].toSorted()).toEqual(['0.0000', '2.0000', '4.0000']);
  });
});

describe('bcaInterval', () => {
  const random = createRandom(5);
  const normals = Array.from({ length: 20_000 }, () => random.normal());

  it('is the percentile interval without bias and skew', () => {
    const plain = percentileInterval(normals, 0.9);
    const median = normals.toSorted((a, b) => a - b)[10_000]!;
    const found = bcaInterval(normals, median, [-1, 0, 1], 0.9);
    found.forEach((bound, i) => expect(bound).toBeCloseTo(plain[i]!, 2));
  });

  it('moves both bounds by twice the bias', () => {
    // An estimate at the 30 % quantile: z0 = -0.524, and the levels move by 2 z0.
    const [low, high] = bcaInterval(normals, normalQuantile(0.3), [0, 0], 0.9);
    const z0 = normalQuantile(0.3);
    expect(low).toBeCloseTo(2 * z0 + normalQuantile(0.05), 0);
    expect(high).toBeCloseTo(2 * z0 + normalQuantile(0.95), 1);
  });

  it('moves both bounds up where the jackknife is skewed to the left', () => {
    const symmetric = bcaInterval(normals, 0, [-1, 1], 0.9);
    const skewed = bcaInterval(normals, 0, [-3, 1, 1, 1], 0.9);
    expect(skewed[0]).toBeGreaterThan(symmetric[0]);
    expect(skewed[1]).toBeGreaterThan(symmetric[1]);
  });

  it('stays in order where one cluster decides the estimate', () => {
    const values = Array.from({ length: 1000 }, (_, i) => i / 1000);
    const one = [1, ...Array.from({ length: 11 }, () => 0)];
    for (const estimate of [0.02, 0.98]) {
      const [low, high] = bcaInterval(values, estimate, one, 0.99998);
      expect(low).toBeLessThanOrEqual(high);
    }
  });
});

describe('normalQuantile', () => {
  it.each([
    [0.975, 1.959963984540054],
    [0.5, 0],
    [0.05, -1.6448536269514722],
    [1e-6, -4.753424308822899],
  ])('of %d is %d', (probability, quantile) => {
    expect(normalQuantile(probability)).toBeCloseTo(quantile, 9);
    expect(normalCdf(quantile) / probability).toBeCloseTo(1, 9);
  });

  it('refuses what is no probability', () => {
    expect(() => normalQuantile(1)).toThrow(/must lie between 0 and 1, but got 1/);
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

describe('expandedConfidence', () => {
  it('asks for more of few clusters, and for nothing more of many', () => {
    expect(expandedConfidence(0.95, 16)).toBeCloseTo(2 * normalCdf(2.131449546) - 1, 9);
    expect(expandedConfidence(0.95, 100_000)).toBeCloseTo(0.95, 5);
    expect(expandedConfidence(0.95, 1)).toBe(0.95);
  });
});

describe('effectiveClusters', () => {
  it('is about their number where they weigh alike, and few where a few weigh most', () => {
    const random = createRandom(9);
    const alike = Array.from({ length: 400 }, () => random.normal());
    expect(effectiveClusters(alike)).toBeGreaterThan(280);
    const uneven = alike.map((change, i) => (i < 8 ? 30 * change : change));
    expect(effectiveClusters(uneven)).toBeLessThan(30);
    expect(effectiveClusters([1, -1, 1, -1])).toBe(4);
    expect(effectiveClusters([2, 2, 2])).toBe(3);
    expect(effectiveClusters([1e300, -1e300, 1e300, -1e300])).toBe(4);
  });
});
