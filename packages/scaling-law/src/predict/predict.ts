import { chinchilla } from '../laws/chinchilla.ts';
import type { ChinchillaParameters } from '../laws/chinchilla.ts';
import { assertQuantizedPoint } from '../laws/point.ts';
import type { ScalingPoint } from '../laws/point.ts';
import { qatDelta } from '../laws/qat-law.ts';
import type { QatDeltaParameters } from '../laws/qat-law.ts';

/**
 * The loss that quantization-aware training adds to its high-precision twin, in nats per token: `k · D^gammaD ·
 * (log2 G)^gammaG / N^gammaN` (arXiv 2505.14302, Eq. 5).
 *
 * @throws RangeError if an input or a parameter is missing or out of bounds.
 */
export function predictDelta(point: ScalingPoint, delta: QatDeltaParameters): number {
  assertQuantizedPoint('predictDelta', point);
  return qatDelta.predict(delta, point);
}

/**
 * The training loss in nats per token: Chinchilla's law, plus the quantization error where `delta` is given
 * (arXiv 2505.14302, Eq. 4).
 *
 * @throws RangeError if an input or a parameter is missing or out of bounds, or if `G` is given without `delta`.
 */
export function predictLoss(
  point: ScalingPoint,
  base: ChinchillaParameters,
  delta?: QatDeltaParameters,
): number {
  if (delta === undefined && point.G !== undefined) {
    throw new RangeError(
      `predictLoss: a quantized point needs the parameters of its error, but got G = ${point.G} without; ` +
        'pass them as the third argument, or leave G out',
    );
  }
  const loss = chinchilla.predict(base, point);
  return delta === undefined ? loss : loss + predictDelta(point, delta);
}
