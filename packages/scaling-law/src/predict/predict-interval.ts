import { expandedConfidence, percentileInterval } from '../bootstrap/intervals.ts';
import type { FitResult } from '../fit/fit-result.ts';
import { defineLaw } from '../laws/define-law.ts';
import type { ParameterValues } from '../laws/parameter.ts';
import type { ScalingPoint } from '../laws/point.ts';
import { createRandom } from '../statistics/random.ts';

/** A prediction with its interval, nats per token. */
export interface PredictedValue {
  /** By the fitted parameters, without noise. */
  readonly value: number;
  /**
   * Lower end, the quantile `(1 − level) / 2` of the refits: `level` is the confidence, and with resampled cases more, as
   * Student's t for the number of clusters has it (Hesterberg 2015, section 4.3.1).
   */
  readonly low: number;
  /** Upper end, the quantile `(1 + level) / 2`. */
  readonly high: number;
}

/** Options of {@link predictWithInterval}. */
export interface PredictionOptions {
  /** Share of the interval. Default that of the fit. */
  readonly confidence?: number;
  /**
   * `mean` is where the law lies, whose uncertainty more runs would remove; `run` is where a new run would come out,
   * with the noise of the runs that were fitted. Default `mean`.
   */
  readonly of?: 'mean' | 'run';
  /**
   * Loss of the run's twin in high precision, nats per token. A fit of δ to the logarithm of the loss (`logOf: 'loss'`) has
   * its noise on the loss, so `of: 'run'` needs it.
   */
  readonly twinLoss?: number;
}

/** The values of a fit, without their intervals. */
export function valuesOf(fit: FitResult): ParameterValues {
  return Object.fromEntries(Object.entries(fit.parameters).map(([name, { value }]) => [name, value]));
}

/**
 * Any quantity that follows from the parameters of a law, with an interval from the bootstrap refits, all parameters moving
 * together: percentiles, at Student's level for as many clusters as were drawn.
 *
 * @throws RangeError if the fit has no refits (`resamples: 0`).
 */
export function refitInterval(
  fit: FitResult,
  quantity: (values: ParameterValues) => number,
  confidence: number = fit.bootstrap.confidence,
): PredictedValue {
  const { replicates, resampling, clusters } = fit.bootstrap;
  if (replicates.length === 0) {
    throw new RangeError(
      'refitInterval: the fit must have bootstrap refits, but has none; fit with resamples',
    );
  }
  const names = Object.keys(fit.parameters);
  const found = replicates.map((row) =>
    quantity(Object.fromEntries(names.map((name, p) => [name, row[p]!]))),
  );
  // Residuals are enlarged already; cases are not.
  const level = resampling === 'cases' ? expandedConfidence(confidence, clusters) : confidence;
  const [low, high] = percentileInterval(found, level);
  return { value: quantity(valuesOf(fit)), low, high };
}

/**
 * The prediction of a fitted law with its {@link refitInterval}.
 *
 * @throws RangeError if the fit has no refits (`resamples: 0`), the law does not know the point, or `twinLoss` is missing.
 */
export function predictWithInterval(
  fit: FitResult,
  point: ScalingPoint,
  { confidence = fit.bootstrap.confidence, of = 'mean', twinLoss }: PredictionOptions = {},
): PredictedValue {
  const law = defineLaw(fit.definition);
  if (of === 'mean') return refitInterval(fit, (values) => law.predict(values, point), confidence);
  const isOnLoss = law.predicts === 'delta' && fit.logOf === 'loss';
  if (isOnLoss && !(twinLoss !== undefined && twinLoss > 0)) {
    throw new RangeError(
      `predictWithInterval: with of: 'run' twinLoss must be a positive loss, but got ${twinLoss}; the noise of a fit to the ` +
        'logarithm of the loss is on losses, so give the loss of the twin in high precision',
    );
  }
  const offset = isOnLoss ? twinLoss! : 0;
  const random = createRandom(fit.bootstrap.seed);
  const { scale } = fit.informationCriteria;
  const { low, high } = refitInterval(
    fit,
    (values) => (law.predict(values, point) + offset) * Math.exp(scale * random.normal()) - offset,
    confidence,
  );
  return { value: law.predict(valuesOf(fit), point), low, high };
}
