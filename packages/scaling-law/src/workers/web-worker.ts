import type { ToWorker } from './messages.ts';
import { createServer } from './serve.ts';

/** The part of a browser's worker scope that is used. */
export interface WorkerScope {
  /** Sends a message to whoever made the worker. */
  postMessage(message: unknown): void;
  /** Listens to messages of whoever made the worker. */
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Does the work of fits in a browser's worker. Importing this module in a worker calls it. */
export function serveFits(scope: WorkerScope): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
  const serve = createServer((message) => scope.postMessage(message));
  scope.addEventListener('message', ({ data }) => serve(data as ToWorker));
}

// The entry of a worker: new Worker(new URL('@nibble-ml/scaling-law/web-worker', …), { type: 'module' }).
if ('WorkerGlobalScope' in globalThis) serveFits(globalThis as unknown as WorkerScope);
