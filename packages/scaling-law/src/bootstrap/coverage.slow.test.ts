import { describe, expect, it } from 'vitest';
import { gridPoints, simulateRecords } from '../data/simulate-records.ts';
import { fitLaw } from '../fit/fit-law.ts';
import { chinchilla } from '../laws/chinchilla.ts';
import type { ParameterValues } from '../laws/parameter.ts';
import { chinchillaConstants, qatDeltaConstants } from '../laws/published.ts';
import { qat, qatDelta } from '../laws/qat-law.ts';

const { epoch } = chinchillaConstants;
const base = chinchillaConstants.qat;
const { beta: _, ...tied } = base;
const delta = qatDeltaConstants.w4a4;
const design36 = gridPoints([1e8, 2e8, 5e8, 1e9, 2e9, 5e9], [2e9, 5e9, 1e10, 3e10, 1e11, 3e11]);
const paperDesign = gridPoints(
  [7.4e7, 1.45e8, 2.97e8, 5.95e8],
  [1e10, 2e10, 5e10, 1e11],
  [undefined, 32, 64, 128, 256, 1536],
);
const REPETITIONS = 400;
/** One start saves most of the time; the whole grid leads to the same optimum. */
const qatStarts = { alpha: [0.35], gammaN: [0.3], gammaD: [0.15], gammaG: [0.8] };

describe('95 % bootstrap intervals of fitLaw', () => {
  it.each([
    {
      law: chinchilla,
      points: design36,
      simulation: { base: epoch, noise: 0.003 },
      truth: epoch,
      starts: {},
    },
    {
      law: qatDelta,
      points: paperDesign,
      simulation: { base, delta, noise: 0.0005 },
      truth: delta,
      starts: {},
    },
    {
      law: qat,
      points: paperDesign,
      simulation: { base, delta, noise: 0.0005 },
      truth: { ...tied, ...delta },
      starts: qatStarts,
    },
  ])(
    'hold the truth in 93 to 97 % of simulations of $law.name',
    ({ law, points, simulation, truth, starts }) => {
      const hits: Record<string, number> = Object.fromEntries(Object.keys(truth).map((name) => [name, 0]));
      for (let seed = 1; seed <= REPETITIONS; seed++) {
        const records = simulateRecords(points, { ...simulation, seed });
        const fit = fitLaw(law, records, { resamples: 400, seed, starts });
        for (const [name, value] of Object.entries(truth as ParameterValues)) {
          const { low, high } = fit.parameters[name]!;
          if (low! <= value && value <= high!) hits[name]! += 1;
        }
      }
      console.log(law.name, hits);
      // The standard error of a share of 95 % in 400 is 1.1 %.
      const shares = Object.values(hits).map((count) => count / REPETITIONS);
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.93);
      expect(Math.max(...shares)).toBeLessThanOrEqual(0.97);
    },
  );
});
