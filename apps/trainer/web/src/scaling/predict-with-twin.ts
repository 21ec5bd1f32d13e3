import { defineLaw, predictWithInterval, refitInterval } from '@nibble-ml/scaling-law';
import type { FitResult, PredictedValue, ScalingPoint } from '@nibble-ml/scaling-law';

/** What a fit says about a point; undefined where its law says nothing. Nats per token. */
export interface TwinPrediction {
  /** Loss of the quantized run, or of the only kind of run that the law knows. */
  readonly loss?: PredictedValue;
  /** Loss of the same run in high precision. */
  readonly highPrecision?: PredictedValue;
  /** What quantization adds. */
  readonly delta?: PredictedValue;
}

/**
 * The loss at a point, that of its twin in high precision, and their difference, with intervals from the refits.
 *
 * @throws RangeError where the law does not know the point
 */
export function predictWithTwin(fit: FitResult, point: ScalingPoint): TwinPrediction {
  const law = defineLaw(fit.definition);
  if (law.predicts === 'delta') return { delta: predictWithInterval(fit, point) };
  const twin = twinOf(point);
  if (!law.describesQuantized) return { loss: predictWithInterval(fit, twin) };
  return {
    loss: predictWithInterval(fit, point),
    highPrecision: predictWithInterval(fit, twin),
    // Both parts move together in each refit, so the interval is that of the differences, not the difference of intervals.
    delta: refitInterval(fit, (values) => law.predict(values, point) - law.predict(values, twin)),
  };
}

/** The same run in high precision. */
export function twinOf({ N, D }: ScalingPoint): ScalingPoint {
  return { N, D, precision: 'f32' };
}
