import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chinchilla, chinchillaTied } from './chinchilla.ts';
import { logSpace } from './parameter.ts';
import { definePowerLaw } from './power-law.ts';
import { priorDeltaLaw } from './prior-law.ts';
import { chinchillaConstants, qatDeltaConstants } from './published.ts';
import { qat, qatDelta } from './qat-law.ts';

const base = chinchillaConstants.qat;
const delta = qatDeltaConstants.w4a4;
const { beta: _, ...tied } = base;
const prior = priorDeltaLaw(base, [32, 256]);
const cases = [
  { law: chinchilla, values: chinchillaConstants.epoch },
  { law: chinchillaTied, values: tied },
  { law: qatDelta, values: delta },
  { law: qat, values: { ...tied, ...delta } },
  { law: prior, values: { eff32: 0.75, eff256: 0.6 } },
];

describe('ScalingLaw.gradient', () => {
  describe.each(cases)('of $law.name', ({ law, values }) => {
    it.each([32, 256])('agrees with central differences at G = %i', (G) => {
      const point = { N: 2.97e8, D: 5e10, G };
      const gradient = law.gradient(values, point);
      expect(Object.keys(gradient)).toEqual(law.parameters.map(({ name }) => name));
      for (const [name, value] of Object.entries(values)) {
        const step = 1e-5 * value;
        const up = law.predict({ ...values, [name]: value + step }, point);
        const down = law.predict({ ...values, [name]: value - step }, point);
        const numeric = (up - down) / (2 * step);
        // The difference of two predictions of order 1 to 3 loses eps · 3 / step.
        const tolerance = 1e-8 * Math.abs(numeric) + 1e-15 / step;
        expect(Math.abs(gradient[name]! - numeric)).toBeLessThanOrEqual(tolerance);
      }
    });
  });

  it('is zero in the parameters of the error in high precision', () => {
    const gradient = qat.gradient({ ...tied, ...delta }, { N: 1e8, D: 1e9 });
    expect(gradient).toMatchObject({ E: 1, k: 0, gammaN: 0, gammaD: 0, gammaG: 0 });
  });
});

describe('parameter spaces', () => {
  it.each(cases)(
    'of $law.name go to the free coordinate and back, with the slope of the way back',
    ({ law }) => {
      for (const { space } of law.parameters) {
        const free = fc.double({ min: -6, max: 6, noNaN: true });
        fc.assert(
          fc.property(free, (u) => {
            expect(space.toFree(space.fromFree(u))).toBeCloseTo(u, 8);
            const numeric = (space.fromFree(u + 1e-5) - space.fromFree(u - 1e-5)) / 2e-5;
            expect(Math.abs(space.slope(u) - numeric)).toBeLessThanOrEqual(1e-6 * Math.abs(numeric) + 1e-10);
          }),
          { seed: 7, numRuns: 50 },
        );
      }
    },
  );
});

describe('qat', () => {
  it('is the tied Chinchilla law without G, and adds qat-delta with it', () => {
    const values = { ...tied, ...delta };
    const high = chinchillaTied.predict(tied, { N: 1e8, D: 1e10 });
    expect(qat.predict(values, { N: 1e8, D: 1e10 })).toBe(high);
    const point = { N: 1e8, D: 1e10, G: 64 };
    expect(qat.predict(values, point)).toBeCloseTo(high + qatDelta.predict(delta, point), 14);
  });
});

describe('priorDeltaLaw', () => {
  it('is A/(N·eff)^alpha − A/N^alpha', () => {
    const { A, alpha } = base;
    const expected = A / (1e8 * 0.75) ** alpha - A / 1e8 ** alpha;
    const found = prior.predict({ eff32: 0.75, eff256: 0.6 }, { N: 1e8, D: 1e10, G: 32 });
    expect(found).toBeCloseTo(expected, 13);
  });

  it('refuses a group size it has no parameter for, and an empty or repeated list', () => {
    expect(() => prior.predict({ eff32: 0.75, eff256: 0.6 }, { N: 1e8, D: 1e10, G: 64 })).toThrow(
      /G must be one of 32, 256, but got 64/,
    );
    expect(() => priorDeltaLaw(base, [])).toThrow(/different and at least one, but got \[\]/);
    expect(() => priorDeltaLaw(base, [32, 32])).toThrow(/got \[32, 32\]/);
  });
});

describe('definePowerLaw', () => {
  const definition = {
    name: 'size-only',
    formula: 'L = A/N^a',
    source: 'test',
    predicts: 'loss',
    parameters: [
      { name: 'A', meaning: '', space: logSpace },
      { name: 'a', meaning: '', space: logSpace, starts: [0.1] },
    ],
    terms: [{ coefficient: 'A', factors: [{ input: 'N', exponent: 'a', sign: -1 }] }],
    minimumDistinct: { N: 2 },
  } as const;

  it('makes a law of a user', () => {
    expect(definePowerLaw(definition).predict({ A: 8, a: 0.5 }, { N: 4, D: 1 })).toBeCloseTo(4, 14);
  });

  it('refuses a parameter that is used but not declared, or declared but not used', () => {
    expect(() => definePowerLaw({ ...definition, parameters: [definition.parameters[0]] })).toThrow(
      /size-only must use exactly its parameters, but they use undeclared \[a\]/,
    );
    const extra = { name: 'b', meaning: '', space: logSpace };
    expect(() => definePowerLaw({ ...definition, parameters: [...definition.parameters, extra] })).toThrow(
      /leave out \[b\]/,
    );
  });
});
