import { Worker } from 'node:worker_threads';
import type { FitWorker } from './fit-worker.ts';

/** A worker thread of Node for `fitLawInWorkers`. */
export function nodeFitWorker(): FitWorker {
  const entry = import.meta.url.endsWith('.ts')
    ? new URL('./node-worker.ts', import.meta.url)
    : new URL('./node-worker.js', import.meta.url);
  const worker = new Worker(entry);
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
    post: (message) => worker.postMessage(message),
    listen(onMessage, onError): void {
      worker.on('message', onMessage);
      worker.on('error', onError);
    },
    terminate: () => void worker.terminate(),
  };
}
