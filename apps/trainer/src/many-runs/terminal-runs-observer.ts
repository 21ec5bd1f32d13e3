import { basename } from 'node:path';
import { SingleBar } from 'cli-progress';
import { duration } from '../training/duration.ts';
import type { PlannedRun } from './planned-run.ts';
import type { RunsObserver } from './runs-observer.ts';
import type { TrainOutcome } from './train-in-child.ts';

const LINES_PER_RUN = 5;

interface Running {
  step: number;
  /** Moving average. */
  loss: number | undefined;
  printed: number;
}

/** Shows a person how many runs are done, what those under way have reached, and how long it will take. */
export function terminalRunsObserver(output: NodeJS.WriteStream): RunsObserver {
  const line = (text: string): void => void output.write(`${text}\n`);
  const bar = output.isTTY
    ? new SingleBar({
        stream: output,
        format: '{bar} {percentage} %  {runs} runs  {left} left  {losses}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 20,
        hideCursor: true,
        stopOnComplete: false,
      })
    : undefined;
  const running = new Map<PlannedRun, Running>();
  let [total, done, runs, finished] = [0, 0, 0, 0];
  let startedAt = 0;

  const left = (): string => {
    if (done === 0) return 'unknown';
    const secondsPerStep = (performance.now() - startedAt) / 1000 / done;
    return duration((total - done) * secondsPerStep);
  };
  const payload = (): object => ({
    runs: `${finished}/${runs}`,
    left: left(),
    losses: Array.from(running, ([plan, { loss }]) => `${nameOf(plan)} ${loss?.toFixed(3) ?? '…'}`).join(
      ' | ',
    ),
  });

  return {
    start: (plans, openSteps) => {
      runs = plans.length;
      finished = plans.length - openSteps.length;
      total = openSteps.reduce((sum, steps) => sum + steps, 0);
      startedAt = performance.now();
      line(`${runs} runs, ${finished} finished before, ${total.toLocaleString('en')} steps to go`);
      if (total > 0) bar?.start(total, 0, payload());
    },
    step: (plan, step, loss) => {
      const state = running.get(plan) ?? { step, loss: undefined, printed: 0 };
      running.set(plan, state);
      done += step - state.step;
      state.step = step;
      if (loss !== undefined) state.loss = state.loss === undefined ? loss : 0.9 * state.loss + 0.1 * loss;
      if (bar !== undefined) {
        bar.update(done, payload());
        return;
      }
      const part = Math.floor((LINES_PER_RUN * step) / plan.config.steps);
      if (part === state.printed && loss !== undefined) return;
      state.printed = part;
      const reached =
        loss === undefined ? (step > 0 ? 'goes on' : 'begins') : `loss ${state.loss!.toFixed(3)}`;
      line(
        `${nameOf(plan)}  step ${step}/${plan.config.steps}  ${reached}  ${finished}/${runs} runs  ${left()} left`,
      );
    },
    ended: (plan, outcome) => {
      // What a run that diverged or failed did not do is not left to do.
      if (outcome.type !== 'interrupted') {
        total -= plan.config.steps - (running.get(plan)?.step ?? 0);
        finished++;
      }
      running.delete(plan);
      if (bar === undefined || outcome.type === 'diverged' || outcome.type === 'failed') {
        line(`${bar === undefined ? '' : '\n'}${nameOf(plan)}  ${describe(outcome)}`);
      }
      bar?.setTotal(total);
      bar?.update(done, payload());
    },
    stop: () => bar?.stop(),
  };
}

/** The folder's name without the hash at its end. */
const nameOf = ({ dir }: PlannedRun): string => basename(dir).replace(/-[\da-f]{8,10}$/, '');

function describe(outcome: TrainOutcome): string {
  switch (outcome.type) {
    case 'diverged':
      return `diverged at step ${outcome.divergence.step}: the ${outcome.divergence.tensor} is not finite`;
    case 'failed':
      return `failed: ${outcome.message}`;
    default:
      return outcome.type;
  }
}
