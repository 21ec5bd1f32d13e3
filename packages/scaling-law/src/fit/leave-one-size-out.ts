import type { ScalingRecord } from '../data/scaling-record.ts';
import { defineLaw } from '../laws/define-law.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import type { FitData } from './fit-data.ts';
import { runHere } from './fit-law.ts';
import type { FitOptions } from './fit-options.ts';
import { assertFitOptions } from './fit-options.ts';
import type { FitResult } from './fit-result.ts';
import { chooseData } from './fit-steps.ts';
import { performWork } from './fit-work.ts';
import { HuberObjective } from './huber-objective.ts';
import { assertDetermined, assertEnoughSpread, UnidentifiableError } from './identifiability.ts';
import { compareRuns, relativeErrors } from './relative-error.ts';

/** How well the runs of one size are predicted by a fit to all others. */
export interface HeldOutSize {
  /** The size that was left out, in non-embedding parameters. */
  readonly N: number;
  /** Runs of this size. */
  readonly points: number;
  /** Mean relative error of their positive quantization errors; `null` without any, or where the law is undetermined. */
  readonly relativeErrorOnDelta: number | null;
  /** Mean relative error of their losses; `null` where the rest does not determine the law. */
  readonly relativeErrorOnLoss: number | null;
  /** What the rest lacks, where it does not determine the law. */
  readonly undetermined?: string;
}

/** The quantity a law is fitted to and what it is compared with, as `fitLaw` chooses it. */
export function dataOf(law: ScalingLaw, records: readonly ScalingRecord[], options: FitOptions): FitData {
  return runHere(chooseData(law, records, assertFitOptions(law, options)));
}

/**
 * Leave-one-size-out validation: for each model size the law is fitted to the runs of all others, from the fit to all,
 * and predicts those of that size. The largest size says how the law extrapolates. Where a Chinchilla fit stands in for
 * missing twins, it stays that of all sizes.
 *
 * @param fit - The fit of the law to these records, with the same options.
 * @throws RangeError as `fitLaw`.
 */
export function leaveOneSizeOut(
  fit: FitResult,
  records: readonly ScalingRecord[],
  options: FitOptions = {},
): HeldOutSize[] {
  const law = defineLaw(fit.definition);
  const data = dataOf(law, records, options);
  const { observations } = data;
  const objective = new HuberObjective(law, observations, fit.huberDelta);
  const best = objective.fromParameters(
    Object.fromEntries(Object.entries(fit.parameters).map(([name, { value }]) => [name, value])),
  );
  const sizes = [...new Set(observations.map(({ N }) => N))].toSorted((a, b) => a - b);
  return sizes.map((N) => {
    const held = observations.flatMap((observation, index) => (observation.N === N ? [index] : []));
    const rest = observations.filter((observation) => observation.N !== N);
    try {
      assertEnoughSpread('leaveOneSizeOut', law, rest);
      const [solution] = performWork(objective, { kind: 'leaveOut', best, groups: [held] });
      assertDetermined(
        'leaveOneSizeOut',
        law,
        new HuberObjective(law, rest, fit.huberDelta),
        solution!.theta,
      );
      const comparisons = compareRuns(data, objective.toParameters(solution!.theta));
      const { relativeErrorOnDelta, relativeErrorOnLoss } = relativeErrors(
        held.map((index) => comparisons[index]!),
      );
      return { N, points: held.length, relativeErrorOnDelta, relativeErrorOnLoss };
    } catch (error) {
      if (!(error instanceof UnidentifiableError)) throw error;
      return {
        N,
        points: held.length,
        relativeErrorOnDelta: null,
        relativeErrorOnLoss: null,
        undetermined: error.message,
      };
    }
  });
}
