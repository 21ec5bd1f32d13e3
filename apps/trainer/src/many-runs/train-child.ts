// A process of its own that trains one run: tfjs holds one backend per process, and wasm one thread.
import { rmSync } from 'node:fs';
import { enableProdMode } from '@tensorflow/tfjs-core';
import type { TrainConfig } from '../config/train-config.ts';
import { NonFiniteError } from '../training/non-finite-error.ts';
import { resumeRun } from '../training/resume-run.ts';
import { trainRun } from '../training/train-run.ts';
import { silentObserver } from '../training/train-observer.ts';
import type { TrainObserver } from '../training/train-observer.ts';
import type { FromTrainChild, ToTrainChild } from './train-messages.ts';

enableProdMode();
const stopping = new AbortController();
// Without a parent nobody listens, and a failed send would end the process before its checkpoint.
const send = (message: FromTrainChild, sent = (): void => {}): void => {
  if (process.connected) process.send!(message, sent);
  else sent();
};

const observer: TrainObserver = {
  ...silentObserver,
  start: ({ resumedAt }) => send({ type: 'start', step: resumedAt }),
  step: ({ step, loss }) => send({ type: 'step', step, loss }),
};

async function train(config: TrainConfig, resume: boolean): Promise<FromTrainChild> {
  const options = { observer, signal: stopping.signal };
  const dir = config.out!;
  try {
    // A run that was killed before its first checkpoint has nothing to go on from.
    if (!resume) rmSync(dir, { recursive: true, force: true });
    const done = resume ? await resumeRun(dir, options) : await trainRun(config, options);
    return { type: done === undefined ? 'interrupted' : 'done' };
  } catch (error) {
    if (!(error instanceof NonFiniteError)) {
      return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
    const { step, tensor } = error;
    return { type: 'diverged', divergence: { step, tensor } };
  }
}

process.on('message', (message: ToTrainChild) => {
  if (message.type === 'stop') stopping.abort();
  // Dawn keeps a process alive as long as its GPU object lives.
  else void train(message.config, message.resume).then((outcome) => send(outcome, () => process.exit()));
});
// The parent has ended, or wants no more: train no longer than to the next checkpoint.
process.on('disconnect', () => stopping.abort());
// A terminal sends Ctrl-C to the parent too, which says when to stop.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => stopping.abort());
