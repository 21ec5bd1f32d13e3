import { tiedParameters, tiedTerms } from './chinchilla.ts';
import { linearSpace, logSpace } from './parameter.ts';
import type { ParameterSpec } from './parameter.ts';
import { definePowerLaw } from './power-law.ts';
import type { PowerTerm, ScalingLaw } from './power-law.ts';

/** Parameters of `delta = k · D^gammaD · (log2 G)^gammaG / N^gammaN`, nats per token, raw counts. */
export type QatDeltaParameters = Readonly<Record<'k' | 'gammaN' | 'gammaD' | 'gammaG', number>>;

// The exponents may take either sign: whether they are positive is what a fit is asked to find out.
const deltaParameters: readonly ParameterSpec[] = [
  { name: 'k', meaning: 'error coefficient', space: logSpace },
  { name: 'gammaN', meaning: 'fall with model size', space: linearSpace, starts: [0.1, 0.3, 0.7] },
  { name: 'gammaD', meaning: 'growth with tokens', space: linearSpace, starts: [0, 0.15, 0.5] },
  { name: 'gammaG', meaning: 'growth with group size', space: linearSpace, starts: [0.3, 0.8, 1.5] },
];

const deltaTerm: PowerTerm = {
  coefficient: 'k',
  factors: [
    { input: 'N', exponent: 'gammaN', sign: -1 },
    { input: 'D', exponent: 'gammaD', sign: 1 },
    { input: 'log2G', exponent: 'gammaG', sign: 1 },
  ],
};

/** The loss added by quantization-aware training (arXiv 2505.14302, Eq. 5). Zero at `G = 1`. */
export const qatDelta: ScalingLaw = definePowerLaw({
  name: 'qat-delta',
  formula: 'delta = k · D^gammaD · (log2 G)^gammaG / N^gammaN',
  source: 'arXiv 2505.14302, Eq. 5',
  predicts: 'delta',
  parameters: deltaParameters,
  terms: [deltaTerm],
  minimumDistinct: { N: 2, D: 2, G: 2 },
});

/**
 * The unified law: tied Chinchilla plus the quantization error (arXiv 2505.14302, Eq. 4). A point without `G` is
 * a high-precision run, where the error term is zero, so one fit takes both kinds of run and needs no twins.
 */
export const qat: ScalingLaw = definePowerLaw({
  name: 'qat',
  formula: 'L = E + A/N^alpha + B/D^alpha + k · D^gammaD · (log2 G)^gammaG / N^gammaN',
  source: 'arXiv 2505.14302, Eq. 4',
  predicts: 'loss',
  parameters: [...tiedParameters, ...deltaParameters],
  terms: [...tiedTerms, deltaTerm],
  minimumDistinct: { N: 3, D: 2, G: 2 },
});
