import type { Page } from 'playwright-core';
import type {
  EngineRequests,
  ExportRun,
  NewRun,
  RequestType,
  RunContents,
} from '../../../apps/trainer/web/src/engine/protocol.ts';
import type { LabSettings } from '../../../apps/trainer/web/src/engine/capabilities.ts';
import type { RunSummary } from '../../../apps/trainer/web/src/engine/run-summary.ts';
import type { EngineFailure } from '../../../apps/trainer/web/src/engine/engine-client.ts';
import type { EngineError } from '../../../apps/trainer/web/src/engine/engine-error.ts';
import { ownText } from './own-text.ts';

/** Asks the worker of a tab. */
export function request<Type extends RequestType>(
  page: Page,
  type: Type,
  params: EngineRequests[Type]['params'],
): Promise<EngineRequests[Type]['result']> {
  return page.evaluate(
    ([of, given]) => window.enginePage.client.request(of as 'probe', given as Record<never, never>),
    [type, params] as const,
  ) as Promise<EngineRequests[Type]['result']>;
}

/** Asks for what must be refused, and returns why it was. */
export function refusal<Type extends RequestType>(
  page: Page,
  type: Type,
  params: EngineRequests[Type]['params'],
): Promise<EngineError> {
  return page.evaluate(
    ([of, given]) =>
      window.enginePage.client.request(of as 'probe', given as Record<never, never>).then(
        () => Promise.reject(new Error(`${of} was not refused`)),
        ({ told }: EngineFailure) => told,
      ),
    [type, params] as const,
  );
}

/** Begins runs on the text of all tests. */
export function start(
  page: Page,
  backend: 'wasm' | 'webgpu',
  runs: readonly NewRun[],
): Promise<readonly RunSummary[]> {
  return request(page, 'startRuns', { backend, text: ownText, runs });
}

/** Begins one run and returns its id. */
export async function startOne(
  page: Page,
  backend: 'wasm' | 'webgpu',
  settings: LabSettings,
): Promise<string> {
  const [summary] = await start(page, backend, [{ settings }]);
  return summary!.run;
}

/** Waits until a run is in one of these states, from now on or since the tab was opened. */
export function untilState(
  page: Page,
  run: string,
  states: readonly RunSummary['state']['type'][],
): Promise<RunSummary> {
  return page.evaluate(
    async ([id, wanted]) => {
      const event = await window.enginePage.until(
        ({ type, ...rest }) =>
          type === 'summary' &&
          'summary' in rest &&
          rest.summary.run === id &&
          wanted.includes(rest.summary.state.type),
      );
      if (event.type !== 'summary') throw new Error('untilState: expected a summary');
      return event.summary;
    },
    [run, states] as const,
  );
}

/** Waits until a step of a run was told. */
export async function untilStep(page: Page, run: string, step: number): Promise<void> {
  await page.evaluate(
    async ([id, wanted]) => {
      await window.enginePage.until(
        (event) =>
          event.type === 'metrics' &&
          event.run === id &&
          event.lines.some((line) => line.type === 'step' && line.step >= wanted),
      );
    },
    [run, step] as const,
  );
}

/** The losses of a run's steps, in nats. */
export function lossesOf({ lines }: Pick<RunContents, 'lines'>): number[] {
  return lines.flatMap((line) => (line.type === 'step' ? [line.loss] : []));
}

/** Exports a run. */
export async function exportBytes(page: Page, params: ExportRun): Promise<Uint8Array> {
  const { base64 } = await page.evaluate((given) => window.enginePage.exportBase64(given), params);
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** Imports a zip. */
export function importBytes(page: Page, zip: Uint8Array): Promise<RunSummary> {
  return page.evaluate(
    (base64) => window.enginePage.importBase64(base64),
    Buffer.from(zip).toString('base64'),
  );
}

/** Imports a zip that must be refused, and returns why it was. */
export function importRefusal(page: Page, zip: Uint8Array): Promise<EngineError> {
  return page.evaluate(
    (base64) =>
      window.enginePage.importBase64(base64).then(
        () => Promise.reject(new Error('the zip was not refused')),
        ({ told }: EngineFailure) => told,
      ),
    Buffer.from(zip).toString('base64'),
  );
}
