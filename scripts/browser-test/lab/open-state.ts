import type { BrowserContextOptions, Page } from 'playwright-core';
import { fakeWorker } from './fake-worker.ts';
import type { LabState } from './lab-states.ts';
import type { OpenLab } from './open-lab.ts';

/** Opens the page in a state, and waits until what there is to choose from is there. */
export async function openState(
  lab: Pick<OpenLab, 'url' | 'newPage'>,
  state: LabState,
  options?: BrowserContextOptions,
): Promise<Page> {
  const page = await lab.newPage(options);
  await fakeWorker(page, state.replies);
  await page.goto(`${lab.url}${state.tab === undefined ? '' : `#${state.tab}`}`);
  if (state.tab === undefined) await page.getByRole('button', { name: 'Train', exact: true }).waitFor();
  await state.act?.(page);
  return page;
}
