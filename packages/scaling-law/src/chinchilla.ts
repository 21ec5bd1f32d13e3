import { logSpace } from './parameter.ts';
import type { ParameterSpec } from './parameter.ts';
import { definePowerLaw } from './power-law.ts';
import type { PowerTerm, ScalingLaw } from './power-law.ts';

/** Parameters of `L = E + A/N^alpha + B/D^beta`, nats per token, raw counts. */
export type ChinchillaParameters = Readonly<Record<'E' | 'A' | 'alpha' | 'B' | 'beta', number>>;

/** Starts of the size and token exponents: from nearly flat to Hoffmann's largest start, 2. */
const EXPONENT_STARTS = [0.1, 0.2, 0.35, 0.6, 1, 2];

const E: ParameterSpec = { name: 'E', meaning: 'irreducible loss', space: logSpace };
const A: ParameterSpec = { name: 'A', meaning: 'size coefficient', space: logSpace };
const B: ParameterSpec = { name: 'B', meaning: 'token coefficient', space: logSpace };
const alpha: ParameterSpec = {
  name: 'alpha',
  meaning: 'size exponent',
  space: logSpace,
  starts: EXPONENT_STARTS,
};
const beta: ParameterSpec = {
  name: 'beta',
  meaning: 'token exponent',
  space: logSpace,
  starts: EXPONENT_STARTS,
};

/** `A / N^alpha`, `B / D^beta` and `E`, with the token exponent under the given name. */
function chinchillaTerms(tokenExponent: string): PowerTerm[] {
  return [
    { coefficient: 'E', factors: [] },
    { coefficient: 'A', factors: [{ input: 'N', exponent: 'alpha', sign: -1 }] },
    { coefficient: 'B', factors: [{ input: 'D', exponent: tokenExponent, sign: -1 }] },
  ];
}

/** Chinchilla's law, `L = E + A/N^alpha + B/D^beta` (Hoffmann et al. 2022, arXiv 2203.15556, Eq. 2). */
export const chinchilla: ScalingLaw = definePowerLaw({
  name: 'chinchilla',
  formula: 'L = E + A/N^alpha + B/D^beta',
  source: 'arXiv 2203.15556, Eq. 2',
  predicts: 'loss',
  parameters: [E, A, alpha, B, beta],
  terms: chinchillaTerms('beta'),
  // Three unknowns along each axis: a constant, a coefficient and an exponent.
  minimumDistinct: { N: 3, D: 3 },
});

/** Parameters of the tied form (`beta = alpha`), and its terms, for the laws that build on it. */
export const tiedParameters: readonly ParameterSpec[] = [
  E,
  A,
  { ...alpha, meaning: 'size and token exponent' },
  B,
];

/** Terms of the tied form. */
export const tiedTerms: readonly PowerTerm[] = chinchillaTerms('alpha');

/** Chinchilla's law with one exponent for size and tokens, as in the QAT scaling law (arXiv 2505.14302, App. C). */
export const chinchillaTied: ScalingLaw = definePowerLaw({
  name: 'chinchilla-tied',
  formula: 'L = E + A/N^alpha + B/D^alpha',
  source: 'arXiv 2505.14302, App. C',
  predicts: 'loss',
  parameters: tiedParameters,
  terms: tiedTerms,
  minimumDistinct: { N: 3, D: 2 },
});
