import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chinchilla, chinchillaTied } from './chinchilla.ts';
import { defineLaw, withLevels } from './define-law.ts';
import { domains } from './parameter.ts';
import { precisionLaw } from './precision-law.ts';
import { effectiveParameters, priorDeltaLaw } from './prior-law.ts';
import { chinchillaConstants, precisionLawConstants, qatDeltaConstants } from './published.ts';
import { qat, qatDelta, qatJoint } from './qat-law.ts';

const base = chinchillaConstants.qat;
const delta = qatDeltaConstants.w4a4;
const { beta: _, ...tied } = base;
const levels = { precision: ['w4a16', 'w4a4'], G: [32, 256] };
const prior = withLevels(priorDeltaLaw(base), levels);
const joint = withLevels(qatJoint, levels);
const jointValues: Record<string, number> = { ...tied };
for (const precision of ['w4a16', 'w4a4'] as const) {
  for (const [name, value] of Object.entries(qatDeltaConstants[precision]))
    jointValues[`${name}[${precision}]`] = value;
}
const effs = { 'eff[w4a16,32]': 0.9, 'eff[w4a16,256]': 0.8, 'eff[w4a4,32]': 0.75, 'eff[w4a4,256]': 0.6 };
const cases = [
  { law: chinchilla, values: chinchillaConstants.epoch },
  { law: chinchillaTied, values: tied },
  { law: qatDelta, values: delta },
  { law: qat, values: { ...tied, ...delta } },
  { law: prior, values: { 'eff[32]': 0.75, 'eff[256]': 0.6 } },
  { law: joint, values: jointValues },
  { law: withLevels(effectiveParameters, levels), values: { ...chinchillaConstants.epoch, ...effs } },
  { law: precisionLaw, values: precisionLawConstants },
];

describe('ScalingLaw.gradient', () => {
  describe.each(cases)('of $law.name', ({ law, values }) => {
    it.each([32, 256])('agrees with central differences at G = %i', (G) => {
      const point = { N: 2.97e8, D: 5e10, G, precision: 'w4a4' };
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

describe('domains', () => {
  it.each(Object.entries(domains))(
    '%s goes to the free coordinate and back, with its slope',
    (_name, space) => {
      fc.assert(
        fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (free) => {
          const value = space.fromFree(free);
          expect(space.toFree(value)).toBeCloseTo(free, 8);
          expect(value).toBeGreaterThan(space.lower);
          expect(value).toBeLessThan(space.upper);
          const numeric = (space.fromFree(free + 1e-5) - space.fromFree(free - 1e-5)) / 2e-5;
          expect(Math.abs(space.slope(value) - numeric)).toBeLessThanOrEqual(
            1e-6 * Math.abs(numeric) + 1e-10,
          );
        }),
        { seed: 7, numRuns: 50 },
      );
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
    const found = prior.predict({ 'eff[32]': 0.75, 'eff[256]': 0.6 }, { N: 1e8, D: 1e10, G: 32 });
    expect(found).toBeCloseTo(expected, 13);
  });

  it('refuses a group size it has no parameter for', () => {
    expect(() => prior.predict({ 'eff[32]': 0.75, 'eff[256]': 0.6 }, { N: 1e8, D: 1e10, G: 64 })).toThrow(
      /G must be one of 32, 256, but got 64/,
    );
  });
});

describe('qatJoint', () => {
  it('has parameters of its own for each precision', () => {
    for (const precision of ['w4a16', 'w4a4'] as const) {
      const point = { N: 1e8, D: 1e10, G: 32, precision };
      const expected =
        chinchillaTied.predict(tied, point) + qatDelta.predict(qatDeltaConstants[precision], point);
      expect(joint.predict(jointValues, point)).toBeCloseTo(expected, 13);
    }
    expect(() => joint.predict(jointValues, { N: 1e8, D: 1e10, G: 32, precision: 'w2a2' })).toThrow(
      /precision must be one of w4a16, w4a4, but got w2a2/,
    );
  });
});

describe('precisionLaw', () => {
  it('multiplies the parameters by what the bits leave', () => {
    const { E, A, alpha, B, beta, gammaW, gammaA, gammaKv } = precisionLawConstants;
    const left = (bits: number, gamma: number): number => 1 - Math.exp(-bits / gamma);
    const N = 1e8 * left(4, gammaW) * left(8, gammaA) * left(16, gammaKv);
    const expected = E + A / N ** alpha + B / 1e10 ** beta;
    const found = precisionLaw.predict(precisionLawConstants, { N: 1e8, D: 1e10, G: 32, precision: 'w4a8' });
    expect(found).toBeCloseTo(expected, 13);
  });

  it('needs a precision whose name says its bits', () => {
    expect(() => precisionLaw.predict(precisionLawConstants, { N: 1e8, D: 1e10 })).toThrow(
      /name of the precision must say its bits, .* but got undefined/,
    );
  });
});

describe('defineLaw', () => {
  const definition = {
    name: 'size-only',
    formula: 'A/N^a',
    source: 'test',
    predicts: 'loss',
    parameters: [
      { name: 'A', meaning: '', domain: 'positive' },
      { name: 'a', meaning: '', domain: 'positive', starts: [0.1] },
    ],
  } as const;

  it('makes a law of a user', () => {
    expect(defineLaw(definition).predict({ A: 8, a: 0.5 }, { N: 4, D: 1 })).toBeCloseTo(4, 14);
  });

  it('finds the parameters in which the prediction is linear', () => {
    expect([...chinchilla.linear]).toEqual(['E', 'A', 'B']);
    expect([...qat.linear]).toEqual(['E', 'A', 'B', 'k']);
    expect([...joint.linear]).toEqual(['E', 'A', 'B', 'k[w4a16]', 'k[w4a4]']);
    expect([...precisionLaw.linear]).toEqual(['E', 'A', 'B']);
    expect([...prior.linear]).toEqual([]);
  });

  it('survives structured cloning', () => {
    for (const { law } of cases) {
      const clone = defineLaw(structuredClone(law.definition));
      expect(clone.parameters).toEqual(law.parameters);
    }
  });

  it('refuses a parameter that is used but not declared, or declared but not used', () => {
    expect(() => defineLaw({ ...definition, parameters: [definition.parameters[0]] })).toThrow(
      /size-only must use exactly its parameters and constants, but it uses undeclared \[a\]/,
    );
    const extra = { name: 'b', meaning: '', domain: 'positive' } as const;
    expect(() => defineLaw({ ...definition, parameters: [...definition.parameters, extra] })).toThrow(
      /leaves out \[b\]/,
    );
  });

  it('refuses an exponent without starts, and levels where high precision has none', () => {
    const [A, { starts: _starts, ...a }] = definition.parameters;
    expect(() => defineLaw({ ...definition, parameters: [A, a] })).toThrow(
      /not linear in a, which must have starts/,
    );
    expect(() => defineLaw({ ...definition, formula: 'A[G]/N^a' })).toThrow(
      /A\[G\] .* must stand inside quantized/,
    );
  });
});
