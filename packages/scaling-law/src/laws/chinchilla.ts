import { defineLaw } from './define-law.ts';
import type { ScalingLaw } from './define-law.ts';
import type { ParameterSpec } from './parameter.ts';

/** Parameters of `L = E + A/N^alpha + B/D^beta`, nats per token, raw counts. */
export type ChinchillaParameters = Readonly<Record<'E' | 'A' | 'alpha' | 'B' | 'beta', number>>;

/** Starts of the size and token exponents: from nearly flat to Hoffmann's largest start, 2. */
const EXPONENT_STARTS = [0.1, 0.2, 0.35, 0.6, 1, 2];

const E: ParameterSpec = { name: 'E', meaning: 'irreducible loss', domain: 'positive' };
const A: ParameterSpec = { name: 'A', meaning: 'size coefficient', domain: 'positive' };
const B: ParameterSpec = { name: 'B', meaning: 'token coefficient', domain: 'positive' };
const alpha: ParameterSpec = {
  name: 'alpha',
  meaning: 'size exponent',
  domain: 'positive',
  starts: EXPONENT_STARTS,
};
const beta: ParameterSpec = {
  name: 'beta',
  meaning: 'token exponent',
  domain: 'positive',
  starts: EXPONENT_STARTS,
};

/** Parameters of {@link chinchilla}, and of the laws that build on it. */
export const freeParameters: readonly ParameterSpec[] = [E, A, alpha, B, beta];

/** Chinchilla's law, `L = E + A/N^alpha + B/D^beta` (Hoffmann et al. 2022, arXiv 2203.15556, Eq. 2). */
export const chinchilla: ScalingLaw = defineLaw({
  name: 'chinchilla',
  formula: 'E + A/N^alpha + B/D^beta',
  source: 'arXiv 2203.15556, Eq. 2',
  predicts: 'loss',
  parameters: freeParameters,
  // Three unknowns along each axis: a constant, a coefficient and an exponent.
  minimumDistinct: { N: 3, D: 3 },
});

/** Parameters of the tied form (`beta = alpha`), and of the laws that build on it. */
export const tiedParameters: readonly ParameterSpec[] = [
  E,
  A,
  { ...alpha, meaning: 'size and token exponent' },
  B,
];

/** Chinchilla's law with one exponent for size and tokens, as in the QAT scaling law (arXiv 2505.14302, App. C). */
export const chinchillaTied: ScalingLaw = defineLaw({
  name: 'chinchilla-tied',
  formula: 'E + A/N^alpha + B/D^alpha',
  source: 'arXiv 2505.14302, App. C',
  predicts: 'loss',
  parameters: tiedParameters,
  minimumDistinct: { N: 3, D: 2 },
});
