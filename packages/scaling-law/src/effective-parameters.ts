import type { ChinchillaParameters } from './chinchilla.ts';
import type { ScalingPoint } from './point.ts';
import { predictDelta } from './predict.ts';
import type { QatDeltaParameters } from './qat-law.ts';

/**
 * The effective parameter multiplier (EPM): the fraction of its parameters with which a high-precision model
 * would reach the loss of the quantized one, `eff = (A / (A + delta · N^alpha))^(1/alpha)` (arXiv 2505.14302,
 * App. H, Eq. 13). In (0, 1]; 1 means that quantization costs nothing.
 *
 * @throws RangeError if an input or a parameter is missing or out of bounds.
 */
export function effectiveParameterMultiplier(
  point: ScalingPoint,
  base: Pick<ChinchillaParameters, 'A' | 'alpha'>,
  delta: QatDeltaParameters,
): number {
  const error = predictDelta(point, delta);
  // log1p keeps the digits of multipliers near 1.
  return Math.exp(-Math.log1p((error * point.N ** base.alpha) / base.A) / base.alpha);
}
