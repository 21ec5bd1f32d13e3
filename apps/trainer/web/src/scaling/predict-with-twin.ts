import { defineLaw, predictWithInterval, valuesOf } from '@nibble-ml/scaling-law';
import type {
  FitResult,
  ParameterValues,
  PredictedValue,
  ScalingLaw,
  ScalingPoint,
} from '@nibble-ml/scaling-law';

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
    delta: differenceWithInterval(law, fit, point, twin),
  };
}

/** The same run in high precision. */
export function twinOf({ N, D }: ScalingPoint): ScalingPoint {
  return { N, D, precision: 'f32' };
}

/** Both parts move together in each refit, so the interval is that of the differences, not the difference of intervals. */
function differenceWithInterval(
  law: ScalingLaw,
  fit: FitResult,
  point: ScalingPoint,
  twin: ScalingPoint,
): PredictedValue {
  const difference = (values: ParameterValues): number =>
    law.predict(values, point) - law.predict(values, twin);
  const names = law.parameters.map(({ name }) => name);
  const { replicates, confidence } = fit.bootstrap;
  const found = Float64Array.from(replicates, (row) =>
    difference(Object.fromEntries(names.map((name, p) => [name, row[p]!]))),
  ).toSorted();
  const at = (share: number): number => {
    const position = share * (found.length - 1);
    const below = Math.floor(position);
    return found[below]! + (position - below) * ((found[below + 1] ?? found[below]!) - found[below]!);
  };
  return {
    value: difference(valuesOf(fit)),
    low: at((1 - confidence) / 2),
    high: at((1 + confidence) / 2),
  };
}
