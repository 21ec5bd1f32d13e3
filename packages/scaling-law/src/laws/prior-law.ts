import { freeParameters } from './chinchilla.ts';
import type { ChinchillaParameters } from './chinchilla.ts';
import { defineLaw } from './define-law.ts';
import type { ScalingLaw } from './define-law.ts';
import type { ParameterSpec } from './parameter.ts';

const eff: ParameterSpec = {
  name: 'eff',
  meaning: 'effective parameter multiplier',
  domain: 'fraction',
  starts: [0.3, 0.6, 0.9],
};

/**
 * The prior form: quantization multiplies the parameter count by a constant `eff` for each group size (of
 * one precision), whatever `N` and `D`: `delta(N) = A/(N·eff)^alpha − A/N^alpha` (arXiv 2505.14302, Eq. 3, after Kumar et
 * al., arXiv 2411.04330, and Frantar et al.). It has no form in `G`: one parameter per group size.
 *
 * `A` and `alpha` of the high-precision law are taken as known.
 */
export function priorDeltaLaw({ A, alpha }: Pick<ChinchillaParameters, 'A' | 'alpha'>): ScalingLaw {
  return defineLaw({
    name: 'prior-delta',
    formula: 'A * (eff[G]^(-alpha) - 1) / N^alpha',
    source: 'arXiv 2505.14302, Eq. 3',
    predicts: 'delta',
    parameters: [eff],
    constants: { A, alpha },
    minimumDistinct: {},
  });
}

/**
 * Chinchilla's law with an effective parameter multiplier for each precision and group size, fitted to all runs
 * together: {@link priorDeltaLaw} without taking `A` and `alpha` as known.
 */
export const effectiveParameters: ScalingLaw = defineLaw({
  name: 'effective-parameters',
  formula: 'E + A/N^alpha + B/D^beta + quantized(A * (eff[precision, G]^(-alpha) - 1) / N^alpha)',
  source: 'arXiv 2505.14302, Eq. 3',
  predicts: 'loss',
  parameters: [...freeParameters, eff],
  minimumDistinct: { N: 3, D: 3 },
});
