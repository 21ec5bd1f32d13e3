import type { ChinchillaParameters } from '../laws/chinchilla.ts';
import type { ScalingPoint } from '../laws/point.ts';
import type { QatDeltaParameters } from '../laws/qat-law.ts';
import { predictDelta } from './predict.ts';

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
  return multiplierOfError(predictDelta(point, delta), point.N, base);
}

/**
 * The EPM of an error in nats per token that is known, measured or predicted by any law, at `N` non-embedding parameters;
 * above 1 for a negative error.
 */
export function multiplierOfError(
  error: number,
  N: number,
  { A, alpha }: Pick<ChinchillaParameters, 'A' | 'alpha'>,
): number {
  // log1p keeps the digits of multipliers near 1.
  return Math.exp(-Math.log1p((error * N ** alpha) / A) / alpha);
}
