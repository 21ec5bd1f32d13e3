import type { RunsObserver } from '../many-runs/runs-observer.ts';
import { trainPlans } from '../many-runs/train-plans.ts';
import type { TrainedPlans } from '../many-runs/train-plans.ts';
import type { SweepPlan } from './plan-sweep.ts';

/** Options of {@link trainIndex}. */
export interface TrainIndexOptions {
  /** The sweep that the index is of; left out, it is not checked. */
  readonly sweepId: string | undefined;
  readonly signal: AbortSignal;
  readonly observer: RunsObserver;
}

/**
 * Trains one run of a sweep, as a task of an array on a cluster does: other processes, also on other machines, may train
 * other runs in the same folder.
 *
 * @throws RangeError when the file means another sweep than the array was made for.
 */
export function trainIndex(
  plan: SweepPlan,
  index: number,
  { sweepId, signal, observer }: TrainIndexOptions,
): Promise<TrainedPlans> {
  if (sweepId !== undefined && sweepId !== plan.id) {
    throw new RangeError(
      `--sweep-id must be that of the file, which is ${plan.id}, but got ${sweepId}: the file, its data or a recipe has changed; print the script again with --emit`,
    );
  }
  return trainPlans([plan.runs[index]!], { jobs: 1, signal, observer });
}
