// The page that scripts/browser-test/engine drives: the lab's worker, and all that it tells.
import { connectEngine } from '../web/src/engine/engine-client.ts';
import type { EngineClient } from '../web/src/engine/engine-client.ts';
import type { ExportRun } from '../web/src/engine/protocol.ts';
import type { RunSummary } from '../web/src/engine/run-summary.ts';
import type { EngineEvent } from '../web/src/engine/engine-event.ts';

/** What the test finds in the page. */
export interface EnginePage {
  readonly client: EngineClient;
  /** Everything that the worker has told on its own. */
  readonly events: EngineEvent[];
  /** Waits until an event passes; those before count too. */
  until(passes: (event: EngineEvent) => boolean): Promise<EngineEvent>;
  /** Exports a run, as base64: what a test reads has to be JSON. */
  exportBase64(params: ExportRun): Promise<{ fileName: string; base64: string; notes: readonly string[] }>;
  /** Imports a zip. */
  importBase64(base64: string): Promise<RunSummary>;
  /** Destroys the worker's GPU device. */
  destroyDevice(): void;
}

declare global {
  interface Window {
    enginePage: EnginePage;
  }
}

const events: EngineEvent[] = [];
const waiting = new Set<() => void>();
const worker = new Worker(new URL('./lab-engine-worker.ts', import.meta.url), { type: 'module' });
const client = connectEngine(
  worker,
  (event) => {
    events.push(event);
    for (const look of waiting) look();
  },
  (failure) => {
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
  exportBase64: async (params) => {
    const { fileName, blob, notes } = await client.request('exportRun', params);
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let binary = '';
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return { fileName, base64: btoa(binary), notes };
  },
  importBase64: (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return client.request('importRun', { zip: new Blob([bytes]) });
  },
  destroyDevice: () => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel stays within its origin
    new BroadcastChannel('destroy-device').postMessage(null);
  },
};
