import type { Arm } from './experiment.ts';
import type { RunResult } from './run-result.ts';
import { meanInterval, ratioInterval } from './stats/intervals.ts';
import type { Interval } from './stats/intervals.ts';
import { mean, standardDeviation } from './stats/sample-moments.ts';

/** The runs of one arm. */
export interface ArmResults {
  readonly arm: Arm;
  /** One per seed, in the order of the seeds. */
  readonly runs: readonly RunResult[];
}

/** A row of the table that compares recipes. */
export interface LossRow {
  readonly arm: Arm;
  /** Seeds whose runs diverged. */
  readonly diverged: readonly number[];
  /** Loss on the held-out text in nats per token: mean and standard deviation over the seeds that did not diverge. */
  readonly loss: { readonly mean: number; readonly deviation: number; readonly count: number } | null;
  /** Loss above the first arm in percent, paired by seed; null for the first arm. */
  readonly gapPercent: Interval | null;
  /** (direct − this) / (direct − first arm), paired by seed; null where there is no gap to close. */
  readonly closed: Interval | null;
  /**
   * Wall time of a step in milliseconds: the fastest tenth of the steps of the run that was disturbed least. Medians of runs
   * that share a machine tell more about the other runs.
   */
  readonly stepMs: number;
  /** The same over the first arm's. */
  readonly stepRatio: number;
}

/**
 * Returns one row per arm. Pairs are runs of one seed: the same initial weights, and the same batches in the same order.
 *
 * @param directRecipe - The recipe whose gap the others are to close, or null.
 */
export function lossTable(arms: readonly ArmResults[], directRecipe: string | null): LossRow[] {
  const [base] = arms;
  const direct = arms.find(({ arm }) => arm.recipe === directRecipe);
  const baseMs = stepMilliseconds(base!);
  return arms.map((results) => {
    const { arm, runs } = results;
    const losses = runs.flatMap(({ valLoss }) => valLoss ?? []);
    const pairs = pairedLosses(results, base!);
    const triples = direct === undefined ? [] : tripleLosses(results, base!, direct);
    const isReference = results === base || results === direct;
    const stepMs = stepMilliseconds(results);
    return {
      arm,
      diverged: runs.flatMap(({ divergence, plan }) => (divergence === null ? [] : plan.seed)),
      loss:
        losses.length === 0
          ? null
          : { mean: mean(losses), deviation: standardDeviation(losses), count: losses.length },
      gapPercent:
        results === base || pairs.length === 0
          ? null
          : meanInterval(pairs.map(([loss, reference]) => (100 * (loss - reference)) / reference)),
      closed:
        isReference || triples.length === 0 || meanGap(triples) <= 0
          ? null
          : ratioInterval(
              triples.map(([loss, , worst]) => worst - loss),
              triples.map(([, reference, worst]) => worst - reference),
            ),
      stepMs,
      stepRatio: stepMs / baseMs,
    };
  });
}

/** The losses of two arms at the seeds where neither diverged. */
export function pairedLosses(a: ArmResults, b: ArmResults): [number, number][] {
  return a.runs.flatMap((run) => {
    const other = b.runs.find(({ plan }) => plan.seed === run.plan.seed)?.valLoss ?? null;
    return run.valLoss === null || other === null ? [] : [[run.valLoss, other]];
  });
}

function tripleLosses(a: ArmResults, b: ArmResults, c: ArmResults): [number, number, number][] {
  return a.runs.flatMap(({ plan: { seed }, valLoss }) => {
    const at = ({ runs }: ArmResults): number | null =>
      runs.find(({ plan }) => plan.seed === seed)?.valLoss ?? null;
    const [second, third] = [at(b), at(c)];
    return valLoss === null || second === null || third === null ? [] : [[valLoss, second, third]];
  });
}

const meanGap = (triples: readonly (readonly [number, number, number])[]): number =>
  mean(triples.map(([, reference, worst]) => worst - reference));

function stepMilliseconds({ runs }: ArmResults): number {
  return 1000 * Math.min(...runs.map(({ stepSeconds }) => stepSeconds.fastestTenth));
}
