import type { ScalingPoint } from '../laws/point.ts';
import { predictDelta } from './predict.ts';
import type { QatDeltaParameters } from '../laws/qat-law.ts';

/** The share of `delta_W4A16 + delta_W16A4` that W4A4 costs, averaged over runs (arXiv 2505.14302, Section 5). */
export const SUM_RULE_FACTOR = 0.906;

/** The fits of the two parts of the error. */
export interface ErrorParts {
  /** Only the weights in 4 bits (W4A16). */
  readonly weights: QatDeltaParameters;
  /** Only the activations in 4 bits (W16A4). */
  readonly activations: QatDeltaParameters;
}

/**
 * The error of quantizing weights and activations, from the two errors apart: `0.906 · (delta_W4A16 +
 * delta_W16A4)`, nats per token (arXiv 2505.14302).
 *
 * @throws RangeError if an input or a parameter is missing or out of bounds.
 */
export function predictDeltaBySumRule(point: ScalingPoint, parts: ErrorParts): number {
  return SUM_RULE_FACTOR * (predictDelta(point, parts.weights) + predictDelta(point, parts.activations));
}

/**
 * `R = delta_W16A4 / delta_W4A16`: above 1 where the activations cost more than the weights (arXiv
 * 2505.14302).
 *
 * @throws RangeError if an input or a parameter is missing or out of bounds, or if `G` is 1 (both errors are 0).
 */
export function activationToWeightRatio(point: ScalingPoint, parts: ErrorParts): number {
  if (point.G === 1) {
    throw new RangeError('activationToWeightRatio: G must be above 1, but got 1, where both errors are zero');
  }
  return predictDelta(point, parts.activations) / predictDelta(point, parts.weights);
}

/** The quantization error of one point in its parts, nats per token. */
export interface DecomposedError {
  /** Error of weights alone in 4 bits. */
  readonly weights: number;
  /** Error of activations alone in 4 bits. */
  readonly activations: number;
  /** {@link SUM_RULE_FACTOR} times their sum. */
  readonly total: number;
  /** Share of the activations in the two. */
  readonly activationShare: number;
  /** `R`, activations over weights. */
  readonly ratio: number;
}

/**
 * The error of weights and activations apart and together (arXiv 2505.14302, Section 5).
 *
 * @throws RangeError as {@link predictDelta}, or if `G` is 1.
 */
export function decomposeError(point: ScalingPoint, parts: ErrorParts): DecomposedError {
  const weights = predictDelta(point, parts.weights);
  const activations = predictDelta(point, parts.activations);
  return {
    weights,
    activations,
    total: predictDeltaBySumRule(point, parts),
    activationShare: activations / (weights + activations),
    ratio: activationToWeightRatio(point, parts),
  };
}

/**
 * Tokens per parameter at which the error of the weights overtakes that of the activations, for a model of `N`
 * parameters: where `R = 1`. `Infinity` or 0 where the tokens do not change their order.
 *
 * @throws RangeError if an input or a parameter is missing or out of bounds.
 */
export function overtakingTokensPerParameter(
  { N, G }: { readonly N: number; readonly G: number },
  parts: ErrorParts,
): number {
  const { weights, activations } = parts;
  const slope = activations.gammaD - weights.gammaD;
  // R is a power of D: R(D) = R(N) (D/N)^slope.
  const logRatio = Math.log(activationToWeightRatio({ N, D: N, G }, parts));
  if (slope === 0) return logRatio > 0 ? Infinity : 0;
  return Math.exp(-logRatio / slope);
}
