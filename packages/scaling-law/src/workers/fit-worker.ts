/** A worker of a fit, of whatever kind. What is said to it and by it is data for `postMessage`. */
export interface FitWorker {
  /** Sends a message to the worker. */
  post(message: unknown): void;
  /** Called once, before the first message: what to do with answers and with a worker that breaks. */
  listen(onMessage: (message: unknown) => void, onError: (error: Error) => void): void;
  /** Ends the worker, whatever it is doing. */
  terminate(): void;
}

/** The part of a browser's `Worker` that is used. */
export interface WebWorkerLike {
  /** Sends a message to the worker. */
  postMessage(message: unknown): void;
  /** Listens to answers. */
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  /** Listens to errors that the worker did not catch. */
  addEventListener(type: 'error', listener: (event: { readonly message: string }) => void): void;
  /** Ends the worker. */
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
