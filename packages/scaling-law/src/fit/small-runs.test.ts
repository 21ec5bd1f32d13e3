// What fits meet at the size of models that a laptop trains: errors no larger than their noise, coefficients that run to
// zero, seeds that share their noise.
import { describe, expect, it } from 'vitest';
import { averageSeeds, seedSpread } from '../data/average-seeds.ts';
import type { ScalingRecord } from '../data/scaling-record.ts';
import { gridPoints, simulateRecords } from '../data/simulate-records.ts';
import { chinchilla } from '../laws/chinchilla.ts';
import { domains } from '../laws/parameter.ts';
import { effectiveParameters } from '../laws/prior-law.ts';
import { qat, qatDelta } from '../laws/qat-law.ts';
import { fitFigures } from '../plot/fit-figures.ts';
import { predictWithInterval } from '../predict/predict-interval.ts';
import { createRandom } from '../statistics/random.ts';
import { diagnoseFit } from './diagnose-fit.ts';
import { fitLaw } from './fit-law.ts';

const sizes = [7e4, 2.8e5, 6.3e5, 1.1e6];
const tokens = [2.56e5, 5.12e5, 1.024e6];
const base = { E: 2.6, A: 30, alpha: 0.35, B: 900, beta: 0.5 };
const noBootstrap = { resamples: 0 } as const;

/** Runs with noise that all runs of one size, token budget and seed share, beside their own, as shares of the loss. */
function twins({ error, shared, own }: Record<'error' | 'shared' | 'own', number>): ScalingRecord[] {
  const random = createRandom(1);
  const records: ScalingRecord[] = [];
  for (const { N, D } of gridPoints(sizes, tokens)) {
    const loss = chinchilla.predict(base, { N, D });
    for (const seed of [1, 2]) {
      const common = shared * random.normal();
      const noisy = (exact: number): number => exact * Math.exp(common + own * random.normal());
      records.push({ N, D, precision: 'f32', seed, loss: noisy(loss) });
      for (const G of [16, 32, 64]) {
        records.push({ N, D, G, precision: 'w4a4', seed, loss: noisy(loss + error * Math.log2(G)) });
      }
    }
  }
  return records;
}

describe('fitLaw where terms vanish', () => {
  it('keeps coordinates inside of their domains, however far they go', () => {
    for (const free of [-1e4, -800, -1, 1, 800, 1e4]) {
      const { lower, upper, fromFree } = domains.fraction;
      expect(fromFree(free)).toBeGreaterThan(lower);
      expect(fromFree(free)).toBeLessThan(upper);
    }
    expect(domains.positive.fromFree(-1e4)).toBeGreaterThan(0);
  });

  it('says so of a coefficient that runs to zero in noisy runs, and goes on', () => {
    // Noise of 1 % on twelve runs is enough in one simulation of five; with this seed E underflows.
    const noisy = simulateRecords(gridPoints(sizes, tokens), { base, noise: 0.01, seed: 5 });
    const fit = fitLaw(chinchilla, noisy, { resamples: 50 });
    expect(fit.warnings).toContain(
      'the term of E is zero within the noise: the data do not determine E and its exponents',
    );
    expect(fit.parameters['E']!.value).toBeGreaterThan(0);
    expect(predictWithInterval(fit, { N: 3e5, D: 5e5 }).low).toBeGreaterThan(0);
  });

  it('says so of a multiplier that runs to 1, where errors are not positive', () => {
    const negative = twins({ error: -0.003, shared: 0, own: 0 });
    const fit = fitLaw(effectiveParameters, negative, noBootstrap);
    expect(fit.parameters['eff[w4a4,64]']!.value).toBeLessThan(1);
    expect(fit.warnings).toContain('eff[w4a4,64] is 1 within the noise: the data do not tell how near');
  });

  it('draws figures of errors below zero', () => {
    const records = twins({ error: 0.001, shared: 0, own: 0.004 });
    const fit = fitLaw(qatDelta, records, { logOf: 'loss', resamples: 0 });
    const figures = fitFigures(fit, diagnoseFit(fit, records, { logOf: 'loss' }));
    expect(Object.values(figures).every((svg) => svg.startsWith('<svg') && !svg.includes('NaN'))).toBe(true);
  });
});

describe('runs that share a seed', () => {
  it('are drawn together in a joint fit, so that shared noise does not look like much data', () => {
    const records = twins({ error: 0.02, shared: 0.01, own: 0.0005 });
    const width = (from: readonly ScalingRecord[]): number => {
      const { low, high } = fitLaw(qat, from, { resamples: 200, starts: { alpha: [0.35] } }).parameters[
        'alpha'
      ]!;
      return high! - low!;
    };
    const apart = records.map(({ N, D, G, precision, loss }) => ({ N, D, G, precision, loss }));
    expect(width(records)).toBeGreaterThan(1.2 * width(apart));
  });

  it('are no repetitions of runs with another recipe', () => {
    const recipeOf = (record: ScalingRecord, recipe: string): ScalingRecord =>
      Object.assign({ columns: { recipe } }, record);
    const records = twins({ error: 0.02, shared: 0, own: 0 }).map((record) =>
      recipeOf(record, record.G === undefined ? 'f32' : `int4-g${record.G}`),
    );
    // One scale per channel is a group of the row's length: the same G as another recipe.
    const channel = twins({ error: 0.03, shared: 0, own: 0 })
      .filter(({ G }) => G === 64)
      .map((record) => recipeOf(record, 'int4-channel'));
    expect(seedSpread([...records, ...channel])!.logStandardDeviation).toBeLessThan(1e-12);
    expect(averageSeeds([...records, ...channel])).toHaveLength(sizes.length * tokens.length * 5);
  });
});

describe('predictWithInterval of a fit to the logarithm of the loss', () => {
  const records = twins({ error: 0.02, shared: 0, own: 0.002 });
  const fit = fitLaw(qatDelta, records, { logOf: 'loss', resamples: 200 });
  const point = { N: 2.8e5, D: 5.12e5, G: 32, precision: 'w4a4' };

  it('puts the noise of a run on its loss', () => {
    const twinLoss = chinchilla.predict(base, point);
    const { low, high } = predictWithInterval(fit, point, { of: 'run', twinLoss });
    // Two noises of 0.2 % of the loss: the run's and its twin's, of which fits see the difference.
    expect((high - low) / (2 * 1.96 * Math.SQRT2 * 0.002 * twinLoss)).toBeCloseTo(1, 0);
    expect(predictWithInterval(fit, point, { twinLoss })).toEqual(predictWithInterval(fit, point));
  });

  it('asks for the loss of the twin', () => {
    expect(() => predictWithInterval(fit, point, { of: 'run' })).toThrow(
      /twinLoss must be a positive loss, but got undefined/,
    );
  });
});
