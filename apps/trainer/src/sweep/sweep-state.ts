import { failureOf } from '../many-runs/run-failure.ts';
import { runStateOf } from '../many-runs/run-state.ts';
import type { SweepRun } from './plan-sweep.ts';

/** How far a run of a sweep is. */
export interface SweepRunState {
  readonly run: SweepRun;
  readonly status: 'new' | 'started' | 'finished' | 'diverged' | 'failed';
  /** Steps done. */
  readonly step: number;
  /** Why it diverged or failed. */
  readonly reason?: string;
}

/** Returns how far a run is, by its folder. A run that failed is tried again the next time. */
export function sweepRunState(run: SweepRun): SweepRunState {
  const state = runStateOf(run);
  switch (state.status) {
    case 'finished':
      return { run, status: 'finished', step: run.config.steps };
    case 'diverged': {
      const { step, tensor } = state.divergence;
      return { run, status: 'diverged', step, reason: `step ${step}: the ${tensor} is not finite` };
    }
    default: {
      const step = state.status === 'started' ? state.step : 0;
      const reason = failureOf(run.dir);
      return reason === undefined
        ? { run, status: state.status, step }
        : { run, status: 'failed', step, reason };
    }
  }
}
