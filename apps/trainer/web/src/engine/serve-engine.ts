import { Engine } from './engine.ts';
import type { RequestHandlers } from './engine.ts';
import type { RequestMessage, WorkerMessage } from './protocol.ts';
import { toEngineError } from './to-engine-error.ts';

/** Answers the page's messages to this worker, and tells it what happens in the runs. */
export function serveEngine(): void {
  const engine = new Engine(post);
  self.addEventListener('message', ({ data }: MessageEvent<RequestMessage>) => {
    void answer(engine, data).then(post);
  });
}

/** The result of a request, or the error in words for a person. */
async function answer(engine: RequestHandlers, { id, type, params }: RequestMessage): Promise<WorkerMessage> {
  try {
    // TypeScript cannot tell that the handler and the params are of one type.
    const handle = engine[type].bind(engine) as (given: unknown) => Promise<never>;
    return { type: 'reply', id, result: await handle(params) };
  } catch (error) {
    return { type: 'failure', id, error: toEngineError(error) };
  }
}

function post(message: WorkerMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has one page
  self.postMessage(message);
}
