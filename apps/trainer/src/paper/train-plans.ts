import type { PaperObserver } from './paper-observer.ts';
import type { RunPlan } from './run-plan.ts';
import { runStateOf } from './run-state.ts';
import { trainInChild } from './train-in-child.ts';

/** Options of {@link trainPlans}. */
export interface TrainPlansOptions {
  /** Processes that train at once. */
  readonly jobs: number;
  /** Aborting it stops all, each with a checkpoint. */
  readonly signal: AbortSignal;
  readonly observer: PaperObserver;
}

/**
 * Trains the planned runs that are not finished, several at once; interrupted ones go on from their newest checkpoint.
 *
 * @returns false when it was stopped by the signal
 * @throws Error naming the runs that failed, after the others are done. Divergence is a result, not a failure.
 */
export async function trainPlans(
  plans: readonly RunPlan[],
  { jobs, signal, observer }: TrainPlansOptions,
): Promise<boolean> {
  const open = plans.flatMap((plan) => {
    const state = runStateOf(plan);
    if (state.status === 'finished' || state.status === 'diverged') return [];
    return [{ plan, resumeAt: state.status === 'started' ? state.step : undefined }];
  });
  observer.start(
    plans,
    open.map(({ plan, resumeAt }) => plan.config.steps - (resumeAt ?? 0)),
  );
  const failures: string[] = [];
  const queue = [...open];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
      const { plan, resumeAt } = next;
      const outcome = await trainInChild(plan, {
        resume: resumeAt !== undefined,
        signal,
        onProgress: (step, loss) => observer.step(plan, step, loss),
      });
      if (outcome.type === 'failed') failures.push(`${plan.dir}: ${outcome.message}`);
      observer.ended(plan, outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, open.length) }, worker));
  observer.stop();
  if (failures.length > 0) {
    throw new Error(`nibble paper: ${failures.length} of ${open.length} runs failed\n${failures.join('\n')}`);
  }
  return !signal.aborted;
}
