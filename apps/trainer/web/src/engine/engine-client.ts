import type { EngineRequests, RequestType, WorkerMessage } from './protocol.ts';
import type { EngineError } from './engine-error.ts';
import type { EngineEvent } from './engine-event.ts';

/** The worker as the page sees it. */
export interface EngineClient {
  /**
   * Asks the worker.
   *
   * @throws EngineFailure with the kind of error and the way out
   */
  request<Type extends RequestType>(
    type: Type,
    params: EngineRequests[Type]['params'],
  ): Promise<EngineRequests[Type]['result']>;
  /** Ends the worker at once; call `pauseAll` before. */
  terminate(): void;
}

/** The two ends of a request's promise. */
interface PendingRequest {
  resolve(result: never): void;
  reject(failure: EngineFailure): void;
}

/** An error that the worker has answered with. */
export class EngineFailure extends Error {
  /** What the worker said. */
  readonly told: EngineError;

  /** Makes the error of what the worker said. */
  constructor(told: EngineError) {
    super(told.message);
    this.name = 'EngineFailure';
    this.told = told;
  }
}

/**
 * Speaks with the worker that trains.
 *
 * @param worker - `new Worker(new URL('./engine/worker.ts', import.meta.url), { type: 'module' })`, in this form so that Vite
 *   finds it
 * @param onEvent - called with what the worker tells on its own
 * @param onBroken - called once when the worker itself fails, as when its script cannot be loaded; all requests under way fail
 */
export function connectEngine(
  worker: Worker,
  onEvent: (event: EngineEvent) => void,
  onBroken: (failure: EngineFailure) => void,
): EngineClient {
  const waiting = new Map<number, PendingRequest>();
  let lastId = 0;
  worker.addEventListener('message', ({ data: message }: MessageEvent<WorkerMessage>) => {
    if (message.type !== 'reply' && message.type !== 'failure') {
      onEvent(message);
      return;
    }
    const request = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === 'reply') request?.resolve(message.result as never);
    else request?.reject(new EngineFailure(message.error));
  });
  worker.addEventListener('error', ({ message }) => {
    const failure = new EngineFailure({
      kind: 'unexpected',
      message: `the worker that trains has failed: ${message || 'its script could not be loaded'}; reload the page, runs go on from their last checkpoints`,
    });
    for (const request of waiting.values()) request.reject(failure);
    waiting.clear();
    onBroken(failure);
  });
  return {
    request: (type, params) =>
      new Promise((resolve, reject) => {
        lastId++;
        waiting.set(lastId, { resolve, reject });
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has one page
        worker.postMessage({ id: lastId, type, params });
      }),
    terminate: () => worker.terminate(),
  };
}
