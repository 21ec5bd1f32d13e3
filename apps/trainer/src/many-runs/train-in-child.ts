import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PlannedRun } from './planned-run.ts';
import { recordDivergence } from './run-state.ts';
import type { Divergence } from './run-state.ts';
import type { FromTrainChild, ToTrainChild } from './train-messages.ts';

/** How a training process ended. */
export type TrainOutcome =
  | { readonly type: 'done' | 'interrupted' }
  | { readonly type: 'diverged'; readonly divergence: Divergence }
  | { readonly type: 'failed'; readonly message: string };

/** Options of {@link trainInChild}. */
export interface TrainInChildOptions {
  /** Go on from the newest checkpoint. */
  readonly resume: boolean;
  /** Aborting it stops training after the step that is under way, with a checkpoint. */
  readonly signal: AbortSignal;
  /** Called when training begins, with the step it was at, and after each step. */
  readonly onProgress: (step: number, loss?: number) => void;
}

const child = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './train-child.ts' : './train-child.js', import.meta.url),
);

/** Trains a run in a process of its own; never rejects. A divergence is written down in the run's folder. */
export function trainInChild(plan: PlannedRun, options: TrainInChildOptions): Promise<TrainOutcome> {
  const { resume, signal, onProgress } = options;
  return new Promise((resolve) => {
    const { config, dir } = plan;
    const process = fork(child, { silent: true });
    let outcome: TrainOutcome | undefined;
    let errors = '';
    const tell = (message: ToTrainChild): void => void process.send(message);
    const stop = (): void => {
      if (process.connected) tell({ type: 'stop' });
    };
    process.stdout!.resume();
    process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      errors = `${errors}${text}`.slice(-2000);
    });
    process.on('message', (message: FromTrainChild) => {
      if (message.type === 'start') onProgress(message.step);
      else if (message.type === 'step') onProgress(message.step, message.loss);
      else outcome = message;
      if (message.type === 'diverged') recordDivergence(dir, message.divergence);
    });
    process.on('error', (error) => {
      outcome ??= { type: 'failed', message: error.message };
    });
    process.on('close', (code, name) => {
      signal.removeEventListener('abort', stop);
      const message = `the process ended with ${name ?? `code ${code}`} ${errors.trim()}`.trim();
      resolve(outcome ?? { type: 'failed', message });
    });
    signal.addEventListener('abort', stop);
    tell({ type: 'train', config, resume });
    if (signal.aborted) stop();
  });
}
