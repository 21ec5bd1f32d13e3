// A process of its own that trains one run: tfjs holds one backend per process, and wasm one thread.
import { rmSync } from 'node:fs';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { NonFiniteError } from '../training/non-finite-error.ts';
import { resumeRun, trainRun } from '../training/train-run.ts';
import type { TrainObserver } from '../training/train-observer.ts';
import type { FromTrainChild, ToTrainChild } from './train-messages.ts';

enableProdMode();
const stopping = new AbortController();
const send = (message: FromTrainChild): void => void process.send?.(message);

const observer: TrainObserver = {
  note: () => {},
  start: ({ resumedAt }) => send({ type: 'start', step: resumedAt }),
  step: ({ step, loss }) => send({ type: 'step', step, loss }),
  evaluation: () => {},
  interrupted: () => send({ type: 'interrupted' }),
  done: () => {},
};

async function train({ config, resume }: Extract<ToTrainChild, { type: 'train' }>): Promise<void> {
  const options = { observer, signal: stopping.signal };
  const dir = config.out!;
  try {
    // A run that was killed before its first checkpoint has nothing to go on from.
    if (!resume) rmSync(dir, { recursive: true, force: true });
    const done = resume ? await resumeRun(dir, options) : await trainRun(config, options);
    if (done !== undefined) send({ type: 'done' });
  } catch (error) {
    if (error instanceof NonFiniteError) {
      const { step, tensor } = error;
      send({ type: 'diverged', divergence: { step, tensor } });
    } else send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
}

process.on('message', (message: ToTrainChild) => {
  if (message.type === 'stop') stopping.abort();
  else void train(message);
});
// The parent has ended, or wants no more: train no longer than to the next checkpoint.
process.on('disconnect', () => stopping.abort());
// A terminal sends Ctrl-C to the parent too, which says when to stop.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => stopping.abort());
