import { describe, expect, it } from 'vitest';
import { chinchilla, chinchillaTied } from '../laws/chinchilla.ts';
import type { ChinchillaParameters } from '../laws/chinchilla.ts';
import { fitLaw } from './fit-law.ts';
import type { FitResult } from './fit-result.ts';
import type { ParameterValues } from '../laws/parameter.ts';
import { defineLaw, withLevels } from '../laws/define-law.ts';
import { priorDeltaLaw } from '../laws/prior-law.ts';
import { weightActivationPrecisionLaw } from '../laws/precision-law.ts';
import { chinchillaConstants, precisionLawConstants, qatDeltaConstants } from '../laws/published.ts';
import type { QatPrecision } from '../laws/published.ts';
import { qat, qatDelta, qatDeltaWithoutTokens, sizeDelta } from '../laws/qat-law.ts';
import { gridPoints, simulateLaw, simulateRecords } from '../data/simulate-records.ts';
import { computeOptimal } from '../predict/compute-optimal.ts';

const base = chinchillaConstants.qat;
const { beta: _, ...tied } = base;
const { w4a4 } = qatDeltaConstants;
const sizes = [7.4e7, 1.45e8, 2.97e8, 5.95e8];
const tokens = [1e10, 2e10, 5e10, 1e11];
/** The design of arXiv 2505.14302: 16 high-precision runs and 80 quantized ones. */
const paperDesign = gridPoints(sizes, tokens, [undefined, 32, 64, 128, 256, 1536]);
const design36 = gridPoints([1e8, 2e8, 5e8, 1e9, 2e9, 5e9], [2e9, 5e9, 1e10, 3e10, 1e11, 3e11]);
const noBootstrap = { resamples: 0 };

/** The largest relative error of a fitted parameter; infinite unless the fit has exactly the true parameters. */
function worstError(fit: FitResult, truth: ParameterValues): number {
  const names = Object.keys(truth);
  if (Object.keys(fit.parameters).length !== names.length) return Infinity;
  return Math.max(
    ...names.map((name) => Math.abs((fit.parameters[name]?.value ?? Infinity) / truth[name]! - 1)),
  );
}

/** The parameters whose interval does not hold the truth. */
function missed(fit: FitResult, truth: ParameterValues): string[] {
  return Object.keys(truth).filter((name) => {
    const { low, high } = fit.parameters[name]!;
    return !(low! < truth[name]! && truth[name]! < high!);
  });
}

describe('fitLaw on noise-free data', () => {
  it.each(['hoffmann', 'epoch', 'qat'] as const)('recovers the Chinchilla constants %s to 1e-6', (name) => {
    const truth = chinchillaConstants[name];
    const fit = fitLaw(chinchilla, simulateRecords(design36, { base: truth }), noBootstrap);
    expect(worstError(fit, truth)).toBeLessThan(1e-6);
    expect(fit).toMatchObject({
      law: 'chinchilla',
      points: 36,
      baseline: 'none',
      precision: null,
      warnings: [],
    });
    expect(fit.relativeErrorOnDelta).toBeNull();
    expect(fit.relativeErrorOnLoss).toBeLessThan(1e-12);
  });

  it('recovers the tied law', () => {
    expect(
      worstError(fitLaw(chinchillaTied, simulateRecords(design36, { base }), noBootstrap), tied),
    ).toBeLessThan(1e-6);
  });

  it.each(Object.keys(qatDeltaConstants) as QatPrecision[])(
    'recovers delta of %s against twins',
    (precision) => {
      const delta = qatDeltaConstants[precision];
      const fit = fitLaw(qatDelta, simulateRecords(paperDesign, { base, delta, precision }), noBootstrap);
      expect(worstError(fit, delta)).toBeLessThan(1e-6);
      expect(fit).toMatchObject({ precision, baseline: 'twins', points: 80 });
      expect(fit.relativeErrorOnDelta).toBeLessThan(1e-10);
    },
  );

  it.each(Object.keys(qatDeltaConstants) as QatPrecision[])('recovers the unified law of %s', (precision) => {
    const delta = qatDeltaConstants[precision];
    const fit = fitLaw(qat, simulateRecords(paperDesign, { base, delta, precision }), noBootstrap);
    expect(worstError(fit, { ...tied, ...delta })).toBeLessThan(1e-6);
    expect(fit).toMatchObject({ precision, baseline: 'joint', points: 96 });
    expect(fit.relativeErrorOnDelta).toBeLessThan(1e-8);
  });

  it('recovers the prior form', () => {
    const law = withLevels(priorDeltaLaw(base), { G: [32, 128] });
    const truth = { 'eff[32]': 0.77, 'eff[128]': 0.71 };
    const high = simulateRecords(gridPoints(sizes, tokens), { base });
    const quantized = high.flatMap(({ N, D, loss }) =>
      [32, 128].map((G) => ({ N, D, G, precision: 'w4a4', loss: loss + law.predict(truth, { N, D, G }) })),
    );
    expect(worstError(fitLaw(law, [...high, ...quantized], noBootstrap), truth)).toBeLessThan(1e-6);
  });

  it.each([
    { law: qatDeltaWithoutTokens, truth: { k: 0.9, gammaN: 0.21, gammaG: 0.78 } },
    { law: sizeDelta, truth: { k: 2.1, gammaN: 0.19 } },
  ])('recovers $law.name', ({ law, truth }) => {
    const records = paperDesign.map(({ N, D, G }) => {
      const loss = chinchilla.predict(base, { N, D });
      if (G === undefined) return { N, D, precision: 'f32', loss };
      return { N, D, G, precision: 'w4a4', loss: loss + law.predict(truth, { N, D, G }) };
    });
    expect(worstError(fitLaw(law, records, noBootstrap), truth)).toBeLessThan(1e-6);
  });

  it('recovers the precision law of weights and activations', () => {
    const { gammaKv: __, ...truth } = precisionLawConstants;
    const points = ['w4a4', 'w4a16', 'w16a4', 'w8a8', 'f32'].flatMap((precision) =>
      gridPoints(sizes, tokens, [precision === 'f32' ? undefined : 128]).map(({ N, D, G }) => ({
        N,
        D,
        G,
        precision,
      })),
    );
    const fit = fitLaw(
      weightActivationPrecisionLaw,
      simulateLaw(weightActivationPrecisionLaw, truth, points),
      noBootstrap,
    );
    expect(worstError(fit, truth)).toBeLessThan(1e-6);
  });

  it('recovers the law of a user', () => {
    const law = defineLaw({
      name: 'no-floor',
      formula: 'C/N^c',
      source: 'test',
      predicts: 'loss',
      parameters: [
        { name: 'C', meaning: '', domain: 'positive' },
        { name: 'c', meaning: '', domain: 'positive', starts: [0.01, 1] },
      ],
    });
    const records = sizes.map((N) => ({ N, D: 1e9, precision: 'f32', loss: 12 / N ** 0.076 }));
    expect(worstError(fitLaw(law, records, noBootstrap), { C: 12, c: 0.076 })).toBeLessThan(1e-6);
  });

  it('takes a Chinchilla fit as baseline where twins are missing, and says so', () => {
    const truth: ChinchillaParameters = base;
    const high = simulateRecords(gridPoints([1e8, 2e8, 4e8, 8e8], [1e10, 3e10, 9e10]), { base: truth });
    const quantized = simulateRecords(gridPoints(sizes, tokens, [32, 256]), { base: truth, delta: w4a4 });
    const fit = fitLaw(qatDelta, [...high, ...quantized], noBootstrap);
    expect(fit.baseline).toBe('chinchilla');
    expect(worstError(fit, w4a4)).toBeLessThan(1e-6);
  });
});

describe('fitLaw on data like those behind the published Chinchilla constants', () => {
  // 240 runs on the nine budgets of Hoffmann et al. A noise of 1 % makes the standard error of E what Besiroglu et al.
  // found, 0.0257 (arXiv 2404.10102).
  const budgets = [6e18, 1e19, 3e19, 6e19, 1e20, 3e20, 6e20, 1e21, 3e21];
  it.each(['epoch', 'hoffmann'] as const)('has the constants %s inside its intervals', (name) => {
    const truth = chinchillaConstants[name];
    const points = budgets.flatMap((flops) =>
      Array.from({ length: 27 }, (_unused, i) => {
        const N = computeOptimal(truth, flops).N * 12 ** ((i - 13) / 13);
        return { N, D: flops / (6 * N) };
      }),
    );
    const records = simulateRecords(points.slice(0, 240), { base: truth, noise: 0.01, seed: 1 });
    const fit = fitLaw(chinchilla, records, { huberDelta: 1e-3 });
    expect(fit.points).toBe(240);
    expect(missed(fit, truth)).toEqual([]);
    const E = fit.bootstrap.replicates.map((row) => row[0]!);
    const mean = E.reduce((sum, value) => sum + value, 0) / E.length;
    const standardError = Math.sqrt(E.reduce((sum, value) => sum + (value - mean) ** 2, 0) / E.length);
    expect(standardError).toBeGreaterThan(0.018);
    expect(standardError).toBeLessThan(0.036);
  });
});

describe('fitLaw on noisy data', () => {
  it('has the Epoch constants inside its intervals, on 240 runs', () => {
    const truth = chinchillaConstants.epoch;
    const many = gridPoints(
      [5e7, 1e8, 2e8, 3e8, 5e8, 7e8, 1e9, 2e9, 5e9, 1e10, 1.3e10, 1.6e10],
      [
        5e8, 1e9, 2e9, 3e9, 4e9, 5e9, 6e9, 8e9, 1e10, 1.5e10, 2e10, 3e10, 4e10, 6e10, 8e10, 1e11, 1.5e11,
        2e11, 3e11, 5e11,
      ],
    );
    const fit = fitLaw(chinchilla, simulateRecords(many, { base: truth, noise: 0.003, seed: 1 }));
    expect(fit.points).toBe(240);
    expect(missed(fit, truth)).toEqual([]);
    // The median absolute value of the noise is 0.002; the mean 0.0024.
    expect(fit.relativeErrorOnLoss).toBeGreaterThan(0.002);
    expect(fit.relativeErrorOnLoss).toBeLessThan(0.0028);
  });

  it.each([
    { law: chinchilla, truth: base, noise: 0.003 },
    { law: chinchillaTied, truth: tied, noise: 0.003 },
    { law: qatDelta, truth: w4a4, noise: 0.0005 },
    { law: qat, truth: { ...tied, ...w4a4 }, noise: 0.0005 },
  ])('has the truth inside the intervals of $law.name', ({ law, truth, noise }) => {
    const points = law.describesQuantized ? paperDesign : design36;
    const fit = fitLaw(law, simulateRecords(points, { base, delta: w4a4, noise, seed: 1 }), {
      resamples: 500,
    });
    expect(missed(fit, truth)).toEqual([]);
    expect(fit.objective).toBeGreaterThan(0);
    expect(fit.starts.reachedBest).toBeGreaterThan(fit.starts.count / 2);
  });

  it('finds the optimum that SciPy finds, outliers and all', () => {
    const points = gridPoints([5e7, 1e8, 3e8, 1e9, 3e9, 1e10], [5e8, 2e9, 1e10, 5e10, 2e11, 5e11]);
    const clean = simulateRecords(points, { base: chinchillaConstants.epoch, noise: 0.003, seed: 7 });
    const records = clean.map(({ N, D, precision, loss }, i) => ({
      N,
      D,
      precision,
      loss: i % 11 === 3 ? loss * 1.1 : loss,
    }));
    const { objective, parameters } = fitLaw(chinchilla, records, { resamples: 0, huberDelta: 1e-3 });
    // SciPy 1.17.1: L-BFGS-B from 243 starts on the logarithms, then Nelder-Mead from the best.
    expect(objective / 0.00034358858972405976).toBeCloseTo(1, 12);
    const scipy = { E: 1.8250989, A: 576.87709, alpha: 0.35848495, B: 1832.38494, beta: 0.35943264 };
    for (const [name, value] of Object.entries(scipy)) {
      expect(Math.abs(parameters[name]!.value / value - 1)).toBeLessThan(1e-6);
    }
  });

  it('is hardly moved by gross outliers, which least squares would follow', () => {
    const clean = simulateRecords(design36, { base, noise: 0.001, seed: 4 });
    const records = clean.map(({ N, D, precision, loss }, i) => ({
      N,
      D,
      precision,
      loss: i % 9 === 4 ? loss * 1.3 : loss,
    }));
    const robust = fitLaw(chinchilla, records, noBootstrap).parameters;
    const squares = fitLaw(chinchilla, records, { ...noBootstrap, huberDelta: 10 }).parameters;
    expect(Math.abs(robust['E']!.value / base.E - 1)).toBeLessThan(0.02);
    expect(Math.abs(robust['alpha']!.value / base.alpha - 1)).toBeLessThan(0.05);
    expect(Math.abs(squares['E']!.value / base.E - 1)).toBeGreaterThan(0.04);
  });

  it('fits delta better with the QAT law than with the prior form', () => {
    const records = simulateRecords(paperDesign, { base, delta: w4a4, noise: 0.0002, seed: 2 });
    const law = priorDeltaLaw(base);
    const prior = fitLaw(law, records, noBootstrap).relativeErrorOnDelta!;
    const unified = fitLaw(qatDelta, records, noBootstrap).relativeErrorOnDelta!;
    expect(unified).toBeLessThan(prior / 2);
  });

  it('repeats to the bit with the seed, and moves only the intervals with another', () => {
    const records = simulateRecords(design36, { base, noise: 0.003, seed: 5 });
    const fit = (seed: number): FitResult['parameters'] =>
      fitLaw(chinchilla, records, { resamples: 100, seed }).parameters;
    expect(fit(1)).toEqual(fit(1));
    expect(fit(1)['E']!.value).toBe(fit(2)['E']!.value);
    expect(fit(1)['E']!.low).not.toBe(fit(2)['E']!.low);
  });

  it('gives wider intervals with more confidence, and none without resamples', () => {
    const records = simulateRecords(design36, { base, noise: 0.003, seed: 5 });
    const width = (confidence: number): number => {
      const { low, high } = fitLaw(chinchilla, records, { resamples: 200, confidence }).parameters['E']!;
      return high! - low!;
    };
    expect(width(0.95)).toBeGreaterThan(1.3 * width(0.68));
    expect(fitLaw(chinchilla, records, noBootstrap).parameters['E']).toMatchObject({ low: null, high: null });
  });

  it('warns where a term has gone to zero', () => {
    // Pure powers of N and D: nothing is left for the irreducible loss.
    const records = simulateRecords(design36, { base: { ...base, E: 1e-12 } });
    expect(fitLaw(chinchilla, records, noBootstrap).warnings).toEqual([
      'the term of E is zero within the noise: the data do not determine E and its exponents',
    ]);
  });
});
