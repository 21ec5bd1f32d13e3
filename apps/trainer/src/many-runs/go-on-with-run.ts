import { setTimeout as wait } from 'node:timers/promises';
import { lockOwner } from '../run/lock-folder.ts';
import type { PlannedRun } from './planned-run.ts';
import { forgetFailure, recordFailure } from './run-failure.ts';
import { runStateOf } from './run-state.ts';
import { trainInChild } from './train-in-child.ts';
import type { TrainInChildOptions, TrainOutcome } from './train-in-child.ts';

const POLL_MS = 250;
/** A process whose parent was killed trains to the end of its step and writes a checkpoint. */
const PATIENCE_MS = 60_000;

/** Options of {@link goOnWithRun}. */
export type GoOnWithRunOptions = Omit<TrainInChildOptions, 'resume'>;

/**
 * Trains a run to its end in a process of its own, from its newest checkpoint where it has one; a run that is finished
 * or has diverged stays as it is. Never rejects: a failure is written down in the run's folder, and forgotten once the
 * run is done.
 */
export async function goOnWithRun(plan: PlannedRun, options: GoOnWithRunOptions): Promise<TrainOutcome> {
  try {
    await untilFree(plan.dir, options.signal);
    const state = runStateOf(plan);
    if (state.status === 'diverged') return { type: 'diverged', divergence: state.divergence };
    const outcome: TrainOutcome =
      state.status === 'finished'
        ? { type: 'done' }
        : await trainInChild(plan, { ...options, resume: state.status === 'started' });
    if (outcome.type === 'failed') recordFailure(plan.dir, outcome.message);
    else if (outcome.type !== 'interrupted') forgetFailure(plan.dir);
    return outcome;
  } catch (error) {
    return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

/** Waits for what a process that was killed left training; what keeps the folder longer is no such thing. */
async function untilFree(dir: string, signal: AbortSignal): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (lockOwner(dir) !== undefined && performance.now() < until && !signal.aborted) await wait(POLL_MS);
}
