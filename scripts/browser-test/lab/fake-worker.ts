import type { Page } from 'playwright-core';
import type {
  EngineRequests,
  RequestMessage,
  RequestType,
} from '../../../apps/trainer/web/src/engine/protocol.ts';
import type { EngineError } from '../../../apps/trainer/web/src/engine/engine-error.ts';
import type { EngineEvent } from '../../../apps/trainer/web/src/engine/engine-event.ts';

/** What a worker answers to each kind of request: a result, or an error. */
export type FakeReplies = {
  readonly [Type in RequestType]?:
    | {
        readonly result: EngineRequests[Type]['result'];
        /** Milliseconds it takes. */ readonly after?: number;
      }
    | { readonly error: EngineError };
};

declare global {
  interface Window {
    /** Speaks in place of the worker that trains. */
    fakeEngine: {
      /** All requests so far. */
      readonly requests: RequestMessage[];
      emit(event: EngineEvent): void;
      reply(replies: FakeReplies): void;
    };
  }
}

/**
 * Puts something in the place of the worker that trains, which answers as it is told, for states that a real one is hard to
 * bring into: no GPU, a full disk, a run in another tab. To be called before the page is opened.
 */
export async function fakeWorker(page: Page, replies: FakeReplies): Promise<void> {
  await page.addInitScript((initial) => {
    let current: Readonly<Record<string, { result?: unknown; error?: unknown; after?: number }>> =
      initial as never;
    const listeners: ((event: { readonly data: unknown }) => void)[] = [];
    const post = (data: unknown): void => {
      for (const listener of listeners) listener({ data });
    };
    const requests: never[] = [];
    window.fakeEngine = {
      requests,
      emit: post,
      reply: (more) => {
        current = { ...current, ...(more as typeof current) };
      },
    };
    class FakeWorker {
      addEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void {
        if (type === 'message') listeners.push(listener);
      }
      postMessage({ id, type, params }: { id: number; type: string; params: { run?: string } }): void {
        requests.push({ id, type, params } as never);
        const reply = current[`${type} ${params.run}`] ?? current[type];
        setTimeout(() => {
          if (reply?.error === undefined) post({ type: 'reply', id, result: reply?.result ?? null });
          else post({ type: 'failure', id, error: reply.error });
        }, reply?.after);
      }
      terminate(): void {}
    }
    const RealWorker = window.Worker;
    window.Worker = function worker(url: URL, options: WorkerOptions) {
      return options.name === 'nibble' ? new FakeWorker() : new RealWorker(url, options);
    } as never;
  }, replies as never);
}

/** The requests of one kind that the page has made of the worker. */
export async function requestsOf<Type extends RequestType>(
  page: Page,
  type: Type,
): Promise<Extract<RequestMessage, { type: Type }>['params'][]> {
  const all = await page.evaluate(() => window.fakeEngine.requests);
  return all.filter((request) => request.type === type).map(({ params }) => params) as never;
}
