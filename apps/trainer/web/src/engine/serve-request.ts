import type { RequestHandlers } from './engine.ts';
import type { ReplyMessage, RequestMessage } from './protocol.ts';
import { toEngineError } from './to-engine-error.ts';

/**
 * Answers a request: with its result, or with the error in words for a person. Never rejects.
 *
 * @param reply - posts the answer
 */
export async function serveRequest(
  engine: RequestHandlers,
  { id, type, params }: RequestMessage,
  reply: (message: ReplyMessage) => void,
): Promise<void> {
  try {
    // TypeScript cannot tell that the handler and the params are of one type.
    const handle = engine[type].bind(engine) as (given: unknown) => Promise<never>;
    reply({ type: 'reply', id, result: await handle(params) });
  } catch (error) {
    reply({ type: 'failure', id, error: toEngineError(error) });
  }
}
