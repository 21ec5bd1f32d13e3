import { describe, expect, it } from 'vitest';
import { averageSeeds, seedSpread } from '../data/average-seeds.ts';
import type { ScalingRecord } from '../data/scaling-record.ts';
import { gridPoints, simulateLaw, simulateRecords } from '../data/simulate-records.ts';
import { chinchilla, chinchillaTied } from '../laws/chinchilla.ts';
import { defineLaw } from '../laws/define-law.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import { precisionLaw } from '../laws/precision-law.ts';
import { effectiveParameters, priorDeltaLaw } from '../laws/prior-law.ts';
import { chinchillaConstants, precisionLawConstants, qatDeltaConstants } from '../laws/published.ts';
import {
  qat,
  qatDelta,
  qatDeltaJoint,
  qatDeltaShared,
  qatDeltaWithoutTokens,
  qatFree,
  qatJoint,
} from '../laws/qat-law.ts';
import { predictWithInterval } from '../predict/predict-interval.ts';
import { compareLaws } from './compare-laws.ts';
import { diagnoseFit } from './diagnose-fit.ts';
import { fitLaw } from './fit-law.ts';
import { leaveOneSizeOut } from './leave-one-size-out.ts';
import type { StartGrid } from './start-grid.ts';

const base = chinchillaConstants.qat;
const { beta: _, ...tied } = base;
const { w4a4, w4a16 } = qatDeltaConstants;
const sizes = [7.4e7, 1.45e8, 2.97e8, 5.95e8];
const tokens = [1e10, 2e10, 5e10, 1e11];
const paperDesign = gridPoints(sizes, tokens, [undefined, 32, 64, 128, 256, 1536]);
const noBootstrap = { resamples: 0 };
const both = (noise: number, seed = 1): ScalingRecord[] => [
  ...simulateRecords(paperDesign, { base, delta: w4a4, noise, seed }),
  ...simulateRecords(paperDesign, { base, delta: w4a16, precision: 'w4a16', noise, seed: seed + 100 }).filter(
    ({ G }) => G !== undefined,
  ),
];

function expectRecovered(
  law: ScalingLaw,
  records: ScalingRecord[],
  truth: Record<string, number>,
  starts: StartGrid = {},
): void {
  const { parameters } = fitLaw(law, records, { ...noBootstrap, starts });
  expect(Object.keys(parameters).toSorted()).toEqual(Object.keys(truth).toSorted());
  for (const [name, value] of Object.entries(truth)) {
    expect(Math.abs(parameters[name]!.value / value - 1)).toBeLessThan(1e-6);
  }
}

const named = (precision: string, values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}[${precision}]`, value]));

describe('noise-free data of several precisions', () => {
  const joint = { ...named('w4a4', w4a4), ...named('w4a16', w4a16) };

  it('give the constants of each, for the error and for the loss', () => {
    expectRecovered(qatDeltaJoint, both(0), joint);
    expectRecovered(qatJoint, both(0), { ...tied, ...joint }, { alpha: [0.2, 0.6] });
  });

  it('give shared exponents', () => {
    const shared = { gammaN: w4a4.gammaN, gammaD: w4a4.gammaD, gammaG: w4a4.gammaG };
    const records = [
      ...simulateRecords(paperDesign, { base, delta: w4a4 }),
      ...simulateRecords(paperDesign, { base, delta: { ...w4a4, k: 0.05 }, precision: 'w4a16' }),
    ];
    expectRecovered(qatDeltaShared, records, { ...shared, 'k[w4a4]': w4a4.k, 'k[w4a16]': 0.05 });
  });

  // The full grid is fitted in law-named.test.ts; here fewer starts save seconds.
  const exponents = { alpha: [0.2, 0.6], beta: [0.2, 0.6] };

  it('give free exponents', () => {
    const free = { ...base, beta: 0.28 };
    expectRecovered(
      qatFree,
      simulateRecords(paperDesign, { base: free, delta: w4a4 }),
      { ...free, ...w4a4 },
      exponents,
    );
  });

  it('give effective parameters, and those of Kumar et al.', () => {
    const points = gridPoints(sizes, tokens, [undefined, 32, 256]).map(({ N, D, G }) => ({
      N,
      D,
      G,
      precision: G === undefined ? 'bf16' : 'w4a4',
    }));
    const epm = { ...chinchillaConstants.epoch, 'eff[w4a4,32]': 0.8, 'eff[w4a4,256]': 0.65 };
    const levels = { precision: ['w4a4'], G: [32, 256] };
    const bound = defineLaw({ ...effectiveParameters.definition, levels });
    expectRecovered(effectiveParameters, simulateLaw(bound, epm, points), epm, exponents);

    const precisions = ['bf16', 'w3a16', 'w4a8', 'w8a4', 'w4a16kv4', 'w16a16kv3'];
    const bits = gridPoints(sizes, tokens).flatMap(({ N, D }) =>
      precisions.map((precision) => ({ N, D, precision, G: precision === 'bf16' ? undefined : 32 })),
    );
    expectRecovered(
      precisionLaw,
      simulateLaw(precisionLaw, precisionLawConstants, bits),
      { ...precisionLawConstants },
      exponents,
    );
  });
});

describe('weights and seeds', () => {
  const records = simulateRecords(gridPoints(sizes, tokens), { base, noise: 0.003, seed: 2 });

  it('a weight of 3 is three equal runs', () => {
    const weighted = records.with(5, { ...records[5]!, weight: 3 });
    const repeated = [...records, records[5]!, records[5]!];
    const [a, b] = [weighted, repeated].map((list) =>
      fitLaw(chinchilla, list, { resamples: 0, huberDelta: 1e-3 }),
    );
    expect(a!.objective).toBeCloseTo(b!.objective, 12);
    expect(a!.parameters['alpha']!.value).toBeCloseTo(b!.parameters['alpha']!.value, 7);
    expect(a!.parameters['alpha']!.value).not.toBeCloseTo(
      fitLaw(chinchilla, records, noBootstrap).parameters['alpha']!.value,
      7,
    );
  });

  it('averages repeated seeds, which mends an error below zero', () => {
    const seeds = [1, 2, 3, 4, 5, 6].flatMap((seed) =>
      simulateRecords(paperDesign, { base, delta: { ...w4a16, k: 0.08 }, noise: 0.001, seed }).map(
        ({ N, D, G, precision, loss }) => ({ N, D, G, precision, loss, seed }),
      ),
    );
    expect(() => fitLaw(qatDelta, seeds, noBootstrap)).toThrow(/average repeated seeds/);
    const fit = fitLaw(qatDelta, seeds, { ...noBootstrap, seeds: 'mean' });
    expect(fit.points).toBe(80);
    expect(averageSeeds(seeds)).toHaveLength(96);
    expect(averageSeeds(seeds)[0]!.weight).toBe(6);
  });

  it('pools the spread of seeds', () => {
    const seeds = [1, 2, 3, 4, 5].flatMap((seed) =>
      simulateRecords(gridPoints(sizes, tokens), { base, noise: 0.003, seed }),
    );
    const { logStandardDeviation, degreesOfFreedom } = seedSpread(seeds)!;
    expect(degreesOfFreedom).toBe(64);
    // The standard error of the estimate is 0.003/sqrt(128), 9 %.
    expect(Math.abs(logStandardDeviation / 0.003 - 1)).toBeLessThan(0.27);
    expect(seedSpread(records)).toBeNull();
  });
});

describe('compareLaws', () => {
  const records = simulateRecords(paperDesign, { base, delta: w4a4, noise: 0.0005, seed: 3 });

  it('prefers the law that made the data, by criteria and by the error on delta', () => {
    const [full, withoutTokens, prior] = compareLaws(
      [qatDelta, qatDeltaWithoutTokens, priorDeltaLaw(base)],
      records,
      noBootstrap,
    );
    expect(full!.aiccDifference).toBe(0);
    expect(withoutTokens!.aiccDifference).toBeGreaterThan(10);
    expect(prior!.aiccDifference).toBeGreaterThan(10);
    expect(full!.relativeErrorOnDelta).toBeLessThan(prior!.relativeErrorOnDelta!);
    expect([full!.parameters, withoutTokens!.parameters, prior!.parameters]).toEqual([4, 3, 5]);
  });

  it('charges for parameters that the data do not need', () => {
    const [free, oneExponent] = compareLaws([chinchilla, chinchillaTied], records, noBootstrap);
    expect(free!.fit.informationCriteria.logLikelihood).toBeGreaterThan(
      oneExponent!.fit.informationCriteria.logLikelihood - 1,
    );
    expect(oneExponent!.bic).toBeLessThan(free!.bic);
  });

  it('does not compare criteria of different quantities', () => {
    const compared = compareLaws([qatDelta, qat], records, noBootstrap);
    expect(compared.map(({ aiccDifference }) => aiccDifference)).toEqual([null, null]);
    expect(compared[1]!.relativeErrorOnDelta).toBeGreaterThan(0);
  });
});

describe('diagnoseFit', () => {
  it('finds the runs that are off, and no others', () => {
    const clean = simulateRecords(gridPoints([...sizes, 1.2e9, 2.4e9], tokens), {
      base,
      noise: 0.002,
      seed: 4,
    });
    const records = clean.with(7, { ...clean[7]!, loss: clean[7]!.loss * 1.05 });
    const fit = fitLaw(chinchilla, records, noBootstrap);
    const diagnostics = diagnoseFit(fit, records);
    expect(diagnostics.flatMap(({ isOutlier }, i) => (isOutlier ? [i] : []))).toEqual([7]);
    expect(diagnostics[7]!.residual).toBeCloseTo(Math.log(1.05), 1);
    const total = diagnostics.reduce((sum, { leverage }) => sum + leverage, 0);
    expect(total).toBeCloseTo(5, 6);
    // A corner of the design decides more than its middle.
    expect(diagnostics[0]!.leverage).toBeGreaterThan(diagnostics[9]!.leverage);
    expect(Math.max(...diagnostics.map(({ influence }) => influence))).toBe(diagnostics[7]!.influence);
  });
});

describe('leaveOneSizeOut', () => {
  it('predicts each size from the others', () => {
    const records = simulateRecords(paperDesign, { base, delta: w4a4 });
    const held = leaveOneSizeOut(fitLaw(qatDelta, records, noBootstrap), records);
    expect(held.map(({ N, points }) => [N, points])).toEqual(sizes.map((N) => [N, 20]));
    for (const { relativeErrorOnDelta } of held) expect(relativeErrorOnDelta).toBeLessThan(1e-6);
  });

  it('is worse for a law that is wrong, most at the ends', () => {
    const records = simulateRecords(paperDesign, { base, delta: w4a4 });
    const law = priorDeltaLaw(base);
    const fit = fitLaw(law, records, noBootstrap);
    const held = leaveOneSizeOut(fit, records).map(({ relativeErrorOnDelta }) => relativeErrorOnDelta!);
    expect(held.at(-1)!).toBeGreaterThan(fit.relativeErrorOnDelta!);
    expect(held.at(-1)!).toBeGreaterThan(held[1]!);
  });

  it('says which sizes the rest cannot do without', () => {
    const records = simulateRecords(gridPoints([1e8, 3e8, 1e9], tokens), { base });
    const held = leaveOneSizeOut(fitLaw(chinchilla, records, noBootstrap), records);
    for (const { relativeErrorOnLoss, undetermined } of held) {
      expect(relativeErrorOnLoss).toBeNull();
      expect(undetermined).toMatch(/3 different model sizes N, but the data have 2/);
    }
  });
});

describe('predictWithInterval', () => {
  const records = simulateRecords(gridPoints([...sizes, 1.2e9], tokens), { base, noise: 0.002, seed: 9 });
  const fit = fitLaw(chinchilla, records, { resamples: 300 });

  it('holds the truth, and is wider far from the runs and for a single run', () => {
    const width = (point: { N: number; D: number }, of: 'mean' | 'run' = 'mean'): number => {
      const { low, high } = predictWithInterval(fit, point, { of });
      return high - low;
    };
    const near = { N: 2e8, D: 3e10 };
    const { value, low, high } = predictWithInterval(fit, near);
    const truth = chinchilla.predict(base, near);
    expect(low).toBeLessThan(truth);
    expect(high).toBeGreaterThan(truth);
    expect(value).toBeGreaterThan(low);
    expect(width({ N: 7e10, D: 1e12 })).toBeGreaterThan(2 * width(near));
    // Most of what is uncertain about one run is its own noise of 0.2 %.
    expect(width(near, 'run')).toBeGreaterThan(1.5 * width(near));
    expect(width(near, 'run') / (2 * 1.96 * 0.002 * truth)).toBeCloseTo(1, 0);
  });

  it('needs refits', () => {
    expect(() => predictWithInterval(fitLaw(chinchilla, records, noBootstrap), { N: 1e8, D: 1e9 })).toThrow(
      /must have bootstrap refits/,
    );
  });

  it('survives a trip through JSON', () => {
    const copy = JSON.parse(JSON.stringify(fit)) as typeof fit;
    expect(predictWithInterval(copy, { N: 2e8, D: 3e10 })).toEqual(
      predictWithInterval(fit, { N: 2e8, D: 3e10 }),
    );
  });
});
