// The page that scripts/browser-test/lab-engine.test.ts drives: the lab's worker, and all that it tells.
import { connectEngine } from '../web/src/engine/engine-client.ts';
import type { EngineClient, EngineFailure } from '../web/src/engine/engine-client.ts';
import type { EngineEvent } from '../web/src/engine/protocol.ts';

/** What the test finds in the page. */
export interface EnginePage {
  readonly client: EngineClient;
  /** Everything that the worker has told on its own. */
  readonly events: EngineEvent[];
  /** Waits until an event passes. */
  until(passes: (event: EngineEvent) => boolean): Promise<EngineEvent>;
}

declare global {
  interface Window {
    enginePage: EnginePage;
  }
}

const events: EngineEvent[] = [];
const waiting = new Set<() => void>();
const worker = new Worker(new URL('../web/src/engine/worker.ts', import.meta.url), { type: 'module' });
const client = connectEngine(
  worker,
  (event) => {
    events.push(event);
    for (const look of waiting) look();
  },
  (failure: EngineFailure) => {
    throw failure;
  },
);

window.enginePage = {
  client,
  events,
  until: (passes) =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = events.find(passes);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    }),
};
