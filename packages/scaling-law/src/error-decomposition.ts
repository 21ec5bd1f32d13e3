import type { ScalingPoint } from './point.ts';
import { predictDelta } from './predict.ts';
import type { QatDeltaParameters } from './qat-law.ts';

/** The share of `delta_W4A16 + delta_W16A4` that W4A4 costs, averaged over runs (arXiv 2505.14302). */
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
