import {
  chinchilla,
  chinchillaConstants,
  fitLaw,
  gridPoints,
  predictWithInterval,
  qat,
  qatDelta,
  qatDeltaConstants,
  simulateRecords,
} from '@nibble-ml/scaling-law';
import { describe, expect, it } from 'vitest';
import { predictWithTwin } from './predict-with-twin.ts';

const records = simulateRecords(
  gridPoints([7e7, 1.5e8, 3e8, 6e8], [1e10, 2e10, 5e10, 1e11], [undefined, 32, 64, 256]),
  { base: chinchillaConstants.qat, delta: qatDeltaConstants.w4a4, noise: 0.0005, seed: 1 },
);
const point = { N: 4e8, D: 3e10, G: 64, precision: 'w4a4' };

describe('predictWithTwin', () => {
  it('has the loss, that of the twin, and their difference', () => {
    const fit = fitLaw(qat, records, { resamples: 100 });
    const { loss, highPrecision, delta } = predictWithTwin(fit, point);
    expect(delta!.value).toBeCloseTo(loss!.value - highPrecision!.value, 12);
    expect(delta!.low).toBeLessThan(delta!.value);
    expect(delta!.high).toBeGreaterThan(delta!.value);
    // Chen et al. publish 0.1582 · D^0.0745 · (log2 G)^0.7779 / N^0.2186, from which the runs are drawn.
    const published = (0.1582 * 3e10 ** 0.0745 * 6 ** 0.7779) / 4e8 ** 0.2186;
    expect(Math.abs(delta!.value / published - 1)).toBeLessThan(0.02);
  });

  it('has less of a law that knows less', () => {
    const delta = fitLaw(qatDelta, records, { resamples: 50 });
    expect(predictWithTwin(delta, point)).toEqual({ delta: predictWithInterval(delta, point) });
    const loss = fitLaw(chinchilla, records, { resamples: 50 });
    expect(Object.keys(predictWithTwin(loss, point))).toEqual(['loss']);
  });
});
