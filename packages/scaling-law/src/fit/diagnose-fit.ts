import type { ScalingRecord } from '../data/scaling-record.ts';
import { defineLaw } from '../laws/define-law.ts';
import { regularizedInverse } from '../statistics/cholesky.ts';
import type { FitOptions } from './fit-options.ts';
import type { FitResult } from './fit-result.ts';
import { HuberObjective } from './huber-objective.ts';
import { dataOf } from './leave-one-size-out.ts';
import { residualScale } from './residual-scale.ts';

/** What one run says about a fit, and the fit about it. */
export interface RunDiagnostics {
  /** The run; with option `seeds: 'mean'`, the mean of its repetitions. */
  readonly record: ScalingRecord;
  /** What was fitted, nats per token: the loss, or the quantization error. */
  readonly observed: number;
  /** What the fit gives for the same quantity, nats per token. */
  readonly predicted: number;
  /** `log observed − log predicted`; with option `logOf: 'loss'`, of the losses. */
  readonly residual: number;
  /** The residual in robust standard deviations, of which the run's own pull is taken away. */
  readonly standardized: number;
  /** Share of its own prediction that the run decides, from 0 to 1; the mean is parameters/runs. */
  readonly leverage: number;
  /** Cook's distance (1977): how far the fit would move without the run, in its own uncertainty; above 1 is much. */
  readonly influence: number;
  /** Whether the run lies more than 3.5 robust standard deviations off (as Iglewicz and Hoaglin 1993). */
  readonly isOutlier: boolean;
}

const OUTLIER = 3.5;

/**
 * The residual, leverage and influence of every run.
 *
 * @param fit - The fit of a law to these records, with the same options.
 * @throws RangeError as `fitLaw`.
 */
export function diagnoseFit(
  fit: FitResult,
  records: readonly ScalingRecord[],
  options: FitOptions = {},
): RunDiagnostics[] {
  const law = defineLaw(fit.definition);
  const data = dataOf(law, records, options);
  const objective = new HuberObjective(law, data.observations, fit.huberDelta);
  const { size } = objective;
  const theta = objective.fromParameters(
    Object.fromEntries(Object.entries(fit.parameters).map(([name, { value }]) => [name, value])),
  );
  const residuals = objective.residuals(theta);
  const predictions = objective.predictions(theta);
  const scale = residualScale(residuals, size);
  const inverse = regularizedInverse(objective.gaussNewton(theta, false), size, 1e-12);
  const columns = objective.logJacobian(theta);
  return data.records.map((record, i) => {
    let leverage = 0;
    for (let p = 0; p < size; p++) {
      for (let q = 0; q < size; q++) leverage += columns[p]![i]! * inverse[p * size + q]! * columns[q]![i]!;
    }
    leverage = Math.min(1, leverage * objective.weights[i]!);
    const { observed, offset = 0 } = data.observations[i]!;
    const residual = -residuals[i]!;
    const standardized = scale > 0 && leverage < 1 ? residual / (scale * Math.sqrt(1 - leverage)) : 0;
    return {
      record,
      observed: observed - offset,
      predicted: predictions[i]! - offset,
      residual,
      standardized,
      leverage,
      influence: leverage < 1 ? (standardized ** 2 * leverage) / (size * (1 - leverage)) : Infinity,
      isOutlier: Math.abs(standardized) > OUTLIER,
    };
  });
}
