import type { RunsObserver } from '../many-runs/runs-observer.ts';
import { trainPlans } from '../many-runs/train-plans.ts';
import { lockFolder } from '../run/lock-folder.ts';
import type { SweepPlan } from './plan-sweep.ts';
import { writeSweepRecords } from './sweep-records.ts';
import { sweepRunState } from './sweep-state.ts';
import type { SweepRunState } from './sweep-state.ts';

/** Options of {@link runSweep}. */
export interface RunSweepOptions {
  /** The folder of the runs, which is locked. */
  readonly runsDir: string;
  /** Processes that train at once. */
  readonly jobs: number;
  /** Aborting it stops all, each with a checkpoint. */
  readonly signal: AbortSignal;
  readonly observer: RunsObserver;
}

/** How a sweep ended. */
export interface SweepOutcome {
  /** False when it was stopped by the signal; the same call goes on from there. */
  readonly isComplete: boolean;
  readonly states: readonly SweepRunState[];
  /** The records that were written. */
  readonly files: readonly string[];
}

/** What to do when another process has the folder of a sweep's runs. */
export const SWEEP_LOCKED: string = 'wait for it, give it more --jobs, or choose another folder with --runs';

/**
 * Trains the runs of a sweep that are not finished on this machine, and writes its records; also those of a sweep that
 * was stopped.
 *
 * @throws Error when another process trains in the folder, or the files of a run are damaged
 */
export async function runSweep(
  plan: SweepPlan,
  { runsDir, jobs, signal, observer }: RunSweepOptions,
): Promise<SweepOutcome> {
  const unlock = lockFolder(runsDir, SWEEP_LOCKED);
  try {
    const { isComplete } = await trainPlans(plan.runs, { jobs, signal, observer });
    return { isComplete, ...gatherRecords(plan, runsDir) };
  } finally {
    unlock();
  }
}

/** Writes the records of what a sweep has so far, and trains nothing. */
export function gatherRecords(plan: SweepPlan, runsDir: string): Omit<SweepOutcome, 'isComplete'> {
  const states = plan.runs.map(sweepRunState);
  return { states, files: writeSweepRecords(runsDir, states) };
}
