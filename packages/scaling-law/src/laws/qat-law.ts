import { freeParameters, tiedParameters } from './chinchilla.ts';
import { defineLaw } from './define-law.ts';
import type { ScalingLaw } from './define-law.ts';
import type { ParameterSpec } from './parameter.ts';

/** Parameters of `delta = k · D^gammaD · (log2 G)^gammaG / N^gammaN`, nats per token, raw counts. */
export type QatDeltaParameters = Readonly<Record<'k' | 'gammaN' | 'gammaD' | 'gammaG', number>>;

// The exponents may take either sign: whether they are positive is what a fit is asked to find out.
const k: ParameterSpec = { name: 'k', meaning: 'error coefficient', domain: 'positive' };
const gammaN: ParameterSpec = {
  name: 'gammaN',
  meaning: 'fall with model size',
  domain: 'real',
  starts: [0.15, 0.5],
};
const gammaD: ParameterSpec = {
  name: 'gammaD',
  meaning: 'growth with tokens',
  domain: 'real',
  starts: [0.05, 0.4],
};
const gammaG: ParameterSpec = {
  name: 'gammaG',
  meaning: 'growth with group size',
  domain: 'real',
  starts: [0.3, 1],
};
const deltaParameters = [k, gammaN, gammaD, gammaG];

const DELTA = 'k * D^gammaD * log2(G)^gammaG / N^gammaN';
const DELTA_OF_EACH = 'k[precision] * D^gammaD[precision] * log2(G)^gammaG[precision] / N^gammaN[precision]';
const SOURCE = 'arXiv 2505.14302, Eq. 5';

/** The loss added by quantization-aware training (arXiv 2505.14302, Eq. 5). Zero at `G = 1`. */
export const qatDelta: ScalingLaw = defineLaw({
  name: 'qat-delta',
  formula: DELTA,
  source: SOURCE,
  predicts: 'delta',
  parameters: deltaParameters,
});

/** {@link qatDelta} without the growth with tokens, which the paper compares it with (Table 4). */
export const qatDeltaWithoutTokens: ScalingLaw = defineLaw({
  name: 'qat-delta-no-d',
  formula: 'k * log2(G)^gammaG / N^gammaN',
  source: 'arXiv 2505.14302, Table 4',
  predicts: 'delta',
  parameters: [k, gammaN, gammaG],
});

/** {@link qatDelta} without tokens and group size: a fall with model size alone. */
export const sizeDelta: ScalingLaw = defineLaw({
  name: 'size-delta',
  formula: 'k / N^gammaN',
  source: 'arXiv 2505.14302, Eq. 5 with gammaD = gammaG = 0',
  predicts: 'delta',
  parameters: [k, gammaN],
});

/** {@link qatDelta} of several precisions in one fit, each with constants of its own. */
export const qatDeltaJoint: ScalingLaw = defineLaw({
  name: 'qat-delta-joint',
  formula: DELTA_OF_EACH,
  source: SOURCE,
  predicts: 'delta',
  parameters: deltaParameters,
});

/** {@link qatDelta} of several precisions that share the exponents and differ in the coefficient. */
export const qatDeltaShared: ScalingLaw = defineLaw({
  name: 'qat-delta-shared',
  formula: 'k[precision] * D^gammaD * log2(G)^gammaG / N^gammaN',
  source: SOURCE,
  predicts: 'delta',
  parameters: deltaParameters,
});

/**
 * The unified law: tied Chinchilla plus the quantization error (arXiv 2505.14302, Eq. 4). A point without `G` is
 * a high-precision run, where the error term is zero, so one fit takes both kinds of run and needs no twins.
 */
export const qat: ScalingLaw = defineLaw({
  name: 'qat',
  formula: `E + A/N^alpha + B/D^alpha + quantized(${DELTA})`,
  source: 'arXiv 2505.14302, Eq. 4',
  predicts: 'loss',
  parameters: [...tiedParameters, ...deltaParameters],
  minimumDistinct: { N: 3, D: 2, G: 2 },
});

/** {@link qat} with an exponent of its own for the tokens. */
export const qatFree: ScalingLaw = defineLaw({
  name: 'qat-free',
  formula: `E + A/N^alpha + B/D^beta + quantized(${DELTA})`,
  source: 'arXiv 2505.14302, Eq. 4 with free exponents',
  predicts: 'loss',
  parameters: [...freeParameters, ...deltaParameters],
  minimumDistinct: { N: 3, D: 3, G: 2 },
});

/** {@link qat} of several precisions on one high-precision law, each with an error of its own. */
export const qatJoint: ScalingLaw = defineLaw({
  name: 'qat-joint',
  formula: `E + A/N^alpha + B/D^alpha + quantized(${DELTA_OF_EACH})`,
  source: 'arXiv 2505.14302, Eq. 4',
  predicts: 'loss',
  parameters: [...tiedParameters, ...deltaParameters],
  minimumDistinct: { N: 3, D: 2, G: 2 },
});
