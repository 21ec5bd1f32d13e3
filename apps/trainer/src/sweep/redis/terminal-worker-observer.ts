import { basename } from 'node:path';
import type { PlannedRun } from '../../many-runs/planned-run.ts';
import type { RunsObserver } from '../../many-runs/runs-observer.ts';

const MS_BETWEEN_LINES = 10_000;

/** Tells a person, or a log, what a worker trains: a line when a run begins and ends, and every ten seconds. */
export function terminalWorkerObserver(line: (text: string) => void): Pick<RunsObserver, 'step' | 'ended'> {
  const told = new Map<PlannedRun, number>();
  return {
    step: (plan, step, loss) => {
      if (performance.now() - (told.get(plan) ?? -Infinity) < MS_BETWEEN_LINES) return;
      told.set(plan, performance.now());
      const reached = loss === undefined ? '' : `  loss ${loss.toFixed(3)}`;
      line(`${basename(plan.dir)}  step ${step}/${plan.config.steps}${reached}`);
    },
    ended: (plan, outcome) => {
      told.delete(plan);
      line(
        `${basename(plan.dir)}  ${outcome.type}${outcome.type === 'failed' ? `: ${outcome.message}` : ''}`,
      );
    },
  };
}
