import type { PlannedRun } from '../many-runs/planned-run.ts';
import type { RunsObserver } from '../many-runs/runs-observer.ts';

const MS_BETWEEN_STEPS = 1000;

/** Writes what happens in many runs as one JSON object per line; of the steps of a run, one a second at most. */
export function jsonRunsObserver(write: (line: string) => void): RunsObserver {
  const told = new Map<PlannedRun, number>();
  const line = (record: object): void => write(JSON.stringify(record));
  return {
    start: (plans, openSteps) => {
      const stepsLeft = openSteps.reduce((sum, steps) => sum + steps, 0);
      line({ type: 'start', runs: plans.length, runsLeft: openSteps.length, stepsLeft });
    },
    step: (plan, step, loss) => {
      const now = performance.now();
      const isTooSoon = now - (told.get(plan) ?? -Infinity) < MS_BETWEEN_STEPS;
      if (loss !== undefined && isTooSoon && step < plan.config.steps) return;
      told.set(plan, now);
      const { dir: run, config } = plan;
      line({ type: 'step', run, step, steps: config.steps, ...(loss === undefined ? {} : { loss }) });
    },
    ended: ({ dir: run }, outcome) => {
      const { type: status, ...rest } = outcome;
      line({ type: 'ended', run, status, ...rest });
    },
    stop: () => {},
  };
}
