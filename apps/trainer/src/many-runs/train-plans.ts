import { goOnWithRun } from './go-on-with-run.ts';
import type { PlannedRun } from './planned-run.ts';
import { runStateOf } from './run-state.ts';
import type { RunsObserver } from './runs-observer.ts';

/** Options of {@link trainPlans}. */
export interface TrainPlansOptions {
  /** Processes that train at once. */
  readonly jobs: number;
  /** Aborting it stops all, each with a checkpoint. */
  readonly signal: AbortSignal;
  readonly observer: RunsObserver;
}

/** How training many runs ended. */
export interface TrainedPlans {
  /** False when it was stopped by the signal. */
  readonly isComplete: boolean;
  /** The runs that failed, and why. Divergence is a result, not a failure. */
  readonly failures: readonly { readonly plan: PlannedRun; readonly message: string }[];
}

/**
 * Trains the planned runs that are not finished, several at once; interrupted ones go on from their newest checkpoint,
 * and one that fails leaves the others alone.
 *
 * @throws Error when the files of a run are damaged.
 */
export async function trainPlans(
  plans: readonly PlannedRun[],
  { jobs, signal, observer }: TrainPlansOptions,
): Promise<TrainedPlans> {
  const open = openRuns(plans);
  observer.start(
    plans,
    open.map(({ stepsLeft }) => stepsLeft),
  );
  const failures: { plan: PlannedRun; message: string }[] = [];
  const queue = [...open];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
      const { plan } = next;
      const outcome = await goOnWithRun(plan, {
        signal,
        onProgress: (step, loss) => observer.step(plan, step, loss),
      });
      if (outcome.type === 'failed') failures.push({ plan, message: outcome.message });
      observer.ended(plan, outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, open.length) }, worker));
  observer.stop();
  return { isComplete: !signal.aborted, failures };
}

/** The runs that are neither finished nor diverged, and the steps that are left in each. */
export function openRuns<Plan extends PlannedRun>(
  plans: readonly Plan[],
): { readonly plan: Plan; readonly stepsLeft: number }[] {
  return plans.flatMap((plan) => {
    const state = runStateOf(plan);
    if (state.status === 'finished' || state.status === 'diverged') return [];
    return [{ plan, stepsLeft: plan.config.steps - (state.status === 'started' ? state.step : 0) }];
  });
}
