import { freeParameters } from './chinchilla.ts';
import { defineLaw } from './define-law.ts';
import type { ScalingLaw } from './define-law.ts';
import type { ParameterSpec } from './parameter.ts';

/** Parameters of {@link precisionLaw}. */
export type PrecisionLawParameters = Readonly<
  Record<'E' | 'A' | 'alpha' | 'B' | 'beta' | 'gammaW' | 'gammaA' | 'gammaKv', number>
>;

const SENSITIVITY_STARTS = [1, 2, 4];
const gammaW: ParameterSpec = {
  name: 'gammaW',
  meaning: 'sensitivity to the bits of weights',
  domain: 'positive',
  starts: SENSITIVITY_STARTS,
};
const gammaA: ParameterSpec = { ...gammaW, name: 'gammaA', meaning: 'the same of activations' };
const gammaKv: ParameterSpec = { ...gammaW, name: 'gammaKv', meaning: 'the same of the KV cache' };

const EFFECTIVE_N = 'N * (1 - exp(-Pw/gammaW)) * (1 - exp(-Pa/gammaA))';

/**
 * Kumar et al.'s law of training in low precision: Chinchilla's with the effective parameters
 * `N_eff = N (1 − e^(−Pw/gammaW)) (1 − e^(−Pa/gammaA)) (1 − e^(−Pkv/gammaKv))` in the bits of weights, activations
 * and KV cache (arXiv 2411.04330). It knows neither group sizes nor an error that grows with tokens.
 */
export const precisionLaw: ScalingLaw = defineLaw({
  name: 'precision',
  formula: `E + A / (${EFFECTIVE_N} * (1 - exp(-Pkv/gammaKv)))^alpha + B/D^beta`,
  source: 'arXiv 2411.04330',
  predicts: 'loss',
  parameters: [...freeParameters, gammaW, gammaA, gammaKv],
  minimumDistinct: { N: 3, D: 3, Pw: 2, Pa: 2, Pkv: 2 },
});

/** {@link precisionLaw} for runs whose KV cache has one precision throughout, so that its factor goes into `A`. */
export const weightActivationPrecisionLaw: ScalingLaw = defineLaw({
  name: 'precision-wa',
  formula: `E + A / (${EFFECTIVE_N})^alpha + B/D^beta`,
  source: 'arXiv 2411.04330',
  predicts: 'loss',
  parameters: [...freeParameters, gammaW, gammaA],
  minimumDistinct: { N: 3, D: 3, Pw: 2, Pa: 2 },
});
