import { describe, expect, it } from 'vitest';
import { gridPoints, simulateLaw } from '../data/simulate-records.ts';
import { fitLaw } from '../fit/fit-law.ts';
import { lawFromFormula } from './user-law.ts';

const points = gridPoints([1e7, 3e7, 1e8, 3e8], [1e9, 3e9, 1e10]).map(({ N, D }) => ({
  N,
  D,
  precision: 'f32',
}));

describe('lawFromFormula', () => {
  it('takes what is no input for a parameter, and knows in which the formula is linear', () => {
    const law = lawFromFormula('L = E + A/N^a + B/(D^b + t)', { constants: { t: 3 } });
    expect(law.parameters.map(({ name }) => name)).toEqual(['E', 'A', 'a', 'B', 'b']);
    expect([...law.linear]).toEqual(['E', 'A', 'B']);
    expect(law.predicts).toBe('loss');
    expect(lawFromFormula('delta = k*log2(G)^g/N^n').predicts).toBe('delta');
  });

  it('fits a law that is no sum of powers to 1e-6', () => {
    const truth = { E: 2, A: 300, a: 0.35, s: 0.4, t: 4e9 };
    const law = lawFromFormula('L = E + A/N^a + s*exp(-D/t)', { starts: { t: [1e9, 1e10], a: [0.2, 0.5] } });
    const records = simulateLaw(law, truth, points);
    const { parameters } = fitLaw(law, records, { resamples: 0 });
    for (const [name, value] of Object.entries(truth)) {
      expect(Math.abs(parameters[name]!.value / value - 1)).toBeLessThan(1e-6);
    }
  });

  it('lets a parameter have either sign', () => {
    const truth = { a: 5, b: -0.2 };
    const law = lawFromFormula('L = a + b*log(N)', { domains: { b: 'real' } });
    const records = simulateLaw(law, truth, points);
    const { parameters } = fitLaw(law, records, { resamples: 0 });
    expect(parameters['a']!.value).toBeCloseTo(5, 8);
    expect(parameters['b']!.value).toBeCloseTo(-0.2, 8);
  });

  it.each([
    ['E + A/N^a', {}, /must begin with "L =" or "delta ="/],
    ['L = 2/N', {}, /must have a parameter to fit/],
    ['L = E + A/N^a', { starts: { b: [1] } }, /must be of a parameter \(E, A, a\), but got b/],
    ['L = E + A/N^a', { starts: { a: [-1] } }, /starts of a must lie between 0 and Infinity, but got -1/],
    ['L = process.exit(1)', {}, /but got "\."/],
  ])('refuses %s', (text, options, message) => {
    expect(() => lawFromFormula(text, options)).toThrow(message);
  });
});
