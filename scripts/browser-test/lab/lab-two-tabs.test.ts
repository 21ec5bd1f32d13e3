// Two tabs with the worker that really trains: each sees what the other one does, without a reload.
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { skipsBrowser } from './open-lab.ts';
import { useLab } from './use-lab.ts';

let first: Page;
let second: Page;

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const state = (page: Page) => page.locator('.run-header .state');

/** The step that the curve of the run ends at. */
async function drawnStep(page: Page): Promise<number> {
  const label = await page.getByRole('img', { name: /^Loss by step/ }).getAttribute('aria-label');
  return Number(/after step (\d+)$/.exec(label ?? '')?.[1]);
}

describe.skipIf(skipsBrowser)('two tabs of the lab', () => {
  const lab = useLab();
  beforeAll(async () => {
    first = await lab.newPage();
    await first.goto(lab.url);
    await first.getByLabel('Model').selectOption('nano');
    await first.getByText('More settings', { exact: true }).click();
    await first.getByRole('radio', { name: 'WebAssembly' }).check({ force: true });
    await first.getByLabel('Steps', { exact: true }).fill('100000');
    await button(first, 'Train').click();
    await first.getByRole('img', { name: /^Loss by step: .* after step/ }).waitFor();
    second = await first.context().newPage();
    await second.goto(lab.url);
    await state(second).filter({ hasText: 'In another tab' }).waitFor();
  });

  it('neither deletes nor exports in the one what the other trains', async () => {
    expect(await second.getByRole('button', { name: 'Delete: fp4-paper' }).isDisabled()).toBe(true);
    await second.getByText('Export', { exact: true }).click();
    await second.getByText(/^Its checkpoints are being replaced: export it from the tab opened at/).waitFor();
    expect(await second.getByRole('button', { name: /^Run folder, zip/ }).isDisabled()).toBe(true);
  });

  it('offers in the second what the first has paused, with all of its curve', async () => {
    const before = await drawnStep(second);
    await expect.poll(() => drawnStep(first)).toBeGreaterThan(before + 5);
    await button(first, 'Pause').click();
    await expect.poll(() => state(first).textContent()).toBe('Paused');
    await button(second, 'Go on').waitFor();
    const paused = await drawnStep(first);
    await expect.poll(() => drawnStep(second)).toBe(paused);
    await button(second, 'Go on').click();
    await expect.poll(() => state(first).textContent()).toBe('In another tab');
    await expect.poll(() => drawnStep(second)).toBeGreaterThan(paused);
  });

  it('offers in the first what the second had when it was closed', async () => {
    const before = await drawnStep(first);
    await second.close();
    await button(first, 'Go on').waitFor();
    await expect.poll(() => drawnStep(first)).toBeGreaterThan(before);
    expect(await first.getByRole('button', { name: 'Delete: fp4-paper' }).isDisabled()).toBe(false);
  });
});
