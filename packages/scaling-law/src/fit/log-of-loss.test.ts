import { describe, expect, it } from 'vitest';
import { gridPoints, simulateRecords } from '../data/simulate-records.ts';
import { chinchillaConstants, qatDeltaConstants } from '../laws/published.ts';
import { qatDelta } from '../laws/qat-law.ts';
import { fitFigures } from '../plot/fit-figures.ts';
import { diagnoseFit } from './diagnose-fit.ts';
import { fitLaw } from './fit-law.ts';

const { w4a4 } = qatDeltaConstants;
const design = gridPoints(
  [7.4e7, 1.45e8, 2.97e8, 5.95e8],
  [1e10, 2e10, 5e10, 1e11],
  [undefined, 32, 64, 128, 256],
);
/** With noise of `share` of the loss, of the quantized runs alone: the baselines are known. */
const records = (share: number, seed = 1): ReturnType<typeof simulateRecords> => {
  const exact = simulateRecords(design, { base: chinchillaConstants.qat, delta: w4a4 });
  const noisy = simulateRecords(design, { base: chinchillaConstants.qat, delta: w4a4, noise: share, seed });
  return exact.map((record, i) => (record.G === undefined ? record : noisy[i]!));
};
const ofLoss = { logOf: 'loss', resamples: 0 } as const;

describe('fitLaw of an error with logOf: loss', () => {
  it('recovers the law from exact losses, as with logOf: delta', () => {
    const { parameters, logOf } = fitLaw(qatDelta, records(0), ofLoss);
    expect(logOf).toBe('loss');
    for (const [name, value] of Object.entries(w4a4)) {
      expect(parameters[name]!.value / value).toBeCloseTo(1, 6);
    }
  });

  // Noise of 2 % of the loss is as large as the errors themselves, so that some are negative.
  it('takes errors that noise has made negative, which the logarithm of the error cannot', () => {
    const noisy = records(0.02);
    expect(() => fitLaw(qatDelta, noisy, { resamples: 0 })).toThrow(/must be positive.*logOf: loss/);
    const fit = fitLaw(qatDelta, noisy, ofLoss);
    const diagnostics = diagnoseFit(fit, noisy, ofLoss);
    expect(diagnostics.some(({ observed }) => observed < 0)).toBe(true);
    const [{ record, observed, predicted, residual }] = diagnostics as [(typeof diagnostics)[0]];
    const baseline = record.loss - observed;
    expect(residual).toBeCloseTo(Math.log(record.loss / (baseline + predicted)), 12);
    for (const svg of Object.values(fitFigures(fit, diagnostics))) expect(svg).not.toContain('NaN');
  });

  it('has next to no bias where the noise is a quarter of the error', () => {
    const values = Array.from({ length: 40 }, (_, seed) => {
      const { parameters } = fitLaw(qatDelta, records(0.005, seed + 1), ofLoss);
      return parameters['gammaG']!.value;
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - w4a4.gammaG)).toBeLessThan(0.05);
  });
});
