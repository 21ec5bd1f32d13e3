import type { FromWorker, ToWorker } from './messages.ts';

/** A worker of a fit, of whatever kind. */
export interface FitWorker {
  post(message: ToWorker): void;
  /** Called once, before the first message: what to do with answers and with a worker that breaks. */
  listen(onMessage: (message: FromWorker) => void, onError: (error: Error) => void): void;
  /** Ends the worker, whatever it is doing. */
  terminate(): void;
}

/** The part of a browser's `Worker` that is used. */
interface WebWorkerLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: FromWorker }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message: string }) => void): void;
  terminate(): void;
}

/**
 * A browser's worker that runs `@nibble-ml/scaling-law/web-worker`.
 *
 * @param worker - A `Worker` of type `module`.
 */
export function webFitWorker(worker: WebWorkerLike): FitWorker {
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
    post: (message) => worker.postMessage(message),
    listen(onMessage, onError): void {
      worker.addEventListener('message', ({ data }) => onMessage(data));
      worker.addEventListener('error', ({ message }) => onError(new Error(`webFitWorker: ${message}`)));
    },
    terminate: () => worker.terminate(),
  };
}
