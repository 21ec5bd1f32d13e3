import type { ScalingRecord } from '../data/scaling-record.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import type { FitOptions } from './fit-options.ts';
import type { FitResult } from './fit-result.ts';
import { fitSteps } from './fit-steps.ts';
import type { FitSteps } from './fit-steps.ts';
import { objectiveOf, performWork } from './fit-work.ts';
import type { FitProblem } from './fit-work.ts';
import type { HuberObjective } from './huber-objective.ts';

/**
 * Fits a law to finished runs: least Huber loss of the log residuals, from a grid of starts, with bootstrap intervals
 * (approach 3 of Hoffmann et al. 2022, arXiv 2203.15556).
 * Deterministic for given records and options, but for the times.
 *
 * - A law of losses that says nothing of quantized runs (no `G`, no bits, no `quantized(…)`) is fitted to the
 *   high-precision records.
 * - `qat` is fitted to the high-precision records and those of one quantized precision together, `qat-joint`,
 *   `precision`, `precision-wa` and `effective-parameters` to all; those with bits need no high-precision runs.
 * - A law of the quantization error is fitted to the error against the high-precision twins; where a twin is missing,
 *   against a Chinchilla fit to the high-precision records. `baseline` says which. The logarithm that is fitted is
 *   then that of the error, unless `logOf` is `'loss'`.
 *
 * Runs that share a twin share its noise, and are resampled together. The intervals do not hold the uncertainty of a
 * Chinchilla baseline; fit `qat` for that.
 *
 * @throws UnidentifiableError if the data cannot determine the parameters; the message says what to add.
 * @throws RangeError if a record or an option is out of its range.
 * @example
 * ```ts
 * import { chinchilla, chinchillaConstants, fitLaw, gridPoints, simulateRecords } from '@nibble-ml/scaling-law';
 *
 * const points = gridPoints([1e8, 3e8, 1e9], [2e9, 1e10, 5e10]);
 * const records = simulateRecords(points, { base: chinchillaConstants.epoch, noise: 0.001, seed: 1 });
 * console.log(fitLaw(chinchilla, records).parameters);
 * ```
 */
export function fitLaw(
  law: ScalingLaw,
  records: readonly ScalingRecord[],
  options: FitOptions = {},
): FitResult {
  return runHere(fitSteps(law, records, options));
}

/** Does all steps in this thread, one after the other. */
export function runHere<Result>(steps: FitSteps<Result>): Result {
  const objectives = new WeakMap<FitProblem, HuberObjective>();
  let next = steps.next();
  while (next.done !== true) {
    const { problem, works } = next.value;
    const objective = objectives.get(problem) ?? objectiveOf(problem);
    objectives.set(problem, objective);
    next = steps.next(works.map((work) => performWork(objective, work)));
  }
  return next.value;
}
