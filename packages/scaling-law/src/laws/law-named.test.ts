import { describe, expect, it } from 'vitest';
import { fitLaw } from '../fit/fit-law.ts';
import { lawNamed, lawNames } from './law-named.ts';
import { chinchillaConstants, qatDeltaConstants } from './published.ts';
import { gridPoints, simulateRecords } from '../data/simulate-records.ts';

const design = gridPoints([1e8, 3e8, 9e8], [1e10, 3e10, 9e10], [undefined, 256, 32]);
const base = chinchillaConstants.qat;
const records = simulateRecords(design, { base, delta: qatDeltaConstants.w4a4 });

describe('lawNamed', () => {
  it.each(lawNames.filter((name) => !name.startsWith('precision')))(
    'gives the law %s, which fits',
    (name) => {
      const law = lawNamed(name, records);
      expect(law.name).toBe(name);
      const fit = fitLaw(law, records, { resamples: 0 });
      expect(fit.relativeErrorOnLoss).toBeLessThan(0.01);
      expect(Object.keys(JSON.parse(JSON.stringify(fit)))).toEqual(
        expect.arrayContaining([
          'law',
          'parameters',
          'relativeErrorOnDelta',
          'objective',
          'points',
          'milliseconds',
        ]),
      );
    },
  );

  it('gives prior-delta one multiplier for each group size, ascending', () => {
    const fit = fitLaw(lawNamed('prior-delta', records), records, { resamples: 0 });
    expect(Object.keys(fit.parameters)).toEqual(['eff[32]', 'eff[256]']);
  });

  it('refuses other names, and prior-delta without enough high-precision runs', () => {
    expect(() => lawNamed('chinchila', records)).toThrow(
      /must be one of chinchilla, .*prior-delta, but got chinchila/,
    );
    expect(() => lawNamed('prior-delta', records.slice(0, 6))).toThrow(
      /law chinchilla needs at least 3 different/,
    );
  });
});
