// Trains through the lab's page, with the worker that really trains, as a visitor would.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../workspaces.ts';
import { accessibilityProblems } from './axe.ts';
import { skipsBrowser } from './open-lab.ts';
import { openPlainBrowser } from './open-plain-browser.ts';
import { useLab } from './use-lab.ts';

let page: Page;
const messages: string[] = [];

/** Fills in a number of the form. */
async function setNumber(label: string, value: number): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(String(value));
  await field.press('Tab');
}

/** What a tile of the run says. */
function tile(label: string) {
  return page
    .locator('.tile')
    .filter({ has: page.getByText(label, { exact: true }) })
    .locator('.value');
}

/** Presses a button that saves a file, and returns the file. */
async function saved(button: string | RegExp): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  if (!(await page.locator('.menu-body').isVisible()))
    await page.getByText('Export', { exact: true }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button, exact: true }).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Bytes of the metrics of all runs: they grow with every step, whatever is drawn. */
function bytesOfMetrics(tab: Page): Promise<number> {
  return tab.evaluate(async () => {
    const disk = await navigator.storage.getDirectory();
    let bytes = 0;
    for await (const run of (await disk.getDirectoryHandle('runs')).values()) {
      const file = await (run as FileSystemDirectoryHandle).getFileHandle('metrics.jsonl');
      bytes += (await file.getFile()).size;
    }
    return bytes;
  });
}

describe.skipIf(skipsBrowser)('training in the lab', () => {
  const lab = useLab();
  beforeAll(async () => {
    page = await lab.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(String(error)));
    await page.goto(lab.url);
    await page.getByLabel('Model').selectOption('nano');
    await page.getByText('More settings', { exact: true }).click();
    await page.getByRole('radio', { name: 'WebAssembly' }).check({ force: true });
  });

  it('trains 20 steps, evaluates and writes a sample', async () => {
    await setNumber('Steps', 20);
    await setNumber('Validate every, steps', 10);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.locator('.run-header').getByText('Done').waitFor();
    await expect.poll(() => tile('Step').textContent()).toBe('20');
    const loss = Number(await tile('Validation loss').textContent());
    // 512 tokens that are equally likely have log 512 = 6.238 nats.
    expect(loss).toBeGreaterThan(3);
    expect(loss).toBeLessThan(6.1);
    await page.getByRole('heading', { name: 'What it writes' }).waitFor();
    await page.getByRole('region', { name: 'Quantization error, layer by layer' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('has the run again after a reload, with its curves', async () => {
    await page.reload();
    await page.getByRole('img', { name: /^Loss by step: fp4-paper at \d\.\d+ after step 20/ }).waitFor();
    await expect.poll(() => tile('Step').textContent()).toBe('20');
  });

  it('saves the run as a folder that Nibble takes, and takes it in again', async () => {
    const { bytes } = await saved(/^Run folder, zip/);
    const names = Object.keys(unzipSync(bytes));
    for (const name of ['config.json', 'tokenizer.json', 'metrics.jsonl']) {
      expect(names.some((one) => one.endsWith(name))).toBe(true);
    }
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Import a run' }).click();
    await (await chooser).setFiles({ name: 'run.zip', mimeType: 'application/zip', buffer: bytes });
    await page
      .getByRole('img', { name: /^Loss by step: (fp4-paper.* at \d\.\d+ after step 20(, |$)){2}/ })
      .waitFor();
  });

  it('saves the model for llama.cpp and for transformers', async () => {
    const gguf = await saved('GGUF');
    expect(gguf.name).toMatch(/\.gguf$/);
    expect(gguf.bytes.toString('latin1', 0, 4)).toBe('GGUF');
    expect(gguf.bytes.readUInt32LE(4)).toBe(3);
    await page.getByText('Export', { exact: true }).click();
    await page.getByLabel('Type of the GGUF file').selectOption('Q8_0');
    await page.getByLabel('Weights of the GGUF file').selectOption('master');
    const smaller = await saved('GGUF');
    expect(smaller.bytes.toString('latin1', 0, 4)).toBe('GGUF');
    expect(smaller.bytes.length).toBeLessThan(gguf.bytes.length);
    const { name, bytes } = await saved(/^safetensors, zip/);
    expect(name).toMatch(/\.zip$/);
    expect(bytes.toString('latin1', 0, 2)).toBe('PK');
    const files = Object.entries(unzipSync(bytes));
    const [, weights] = files.find(([file]) => file.endsWith('model.safetensors'))!;
    // The length of a JSON header, and the header.
    const header = new DataView(weights.buffer, weights.byteOffset).getBigUint64(0, true);
    const text = new TextDecoder().decode(weights.subarray(8, 8 + Number(header)));
    expect(Object.keys(JSON.parse(text) as object)).toContain('model.embed_tokens.weight');
  });

  it('trains three recipes side by side on a pasted text, pauses one and goes on with it', async () => {
    await page.getByLabel('Model').selectOption('nano');
    await page.getByText('More settings', { exact: true }).click();
    await page.getByRole('radio', { name: 'WebAssembly' }).check({ force: true });
    await setNumber('Steps', 250);
    await page.getByRole('radio', { name: 'Paste' }).check({ force: true });
    await page
      .getByLabel('Text to train on')
      .fill(readFileSync(path.join(root, 'docs', 'architecture.md'), 'utf8').repeat(2));
    await page.getByRole('button', { name: /^Compare/ }).click();
    const comparison = page.getByRole('region', { name: 'Comparison of the runs' });
    const names = async (): Promise<string[]> =>
      (await comparison.getByRole('rowheader').allInnerTexts()).map((name) => name.trim());
    await expect.poll(names).toEqual(['f32', 'fp4-direct', 'fp4-paper']);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.locator('.run-header').getByText('Paused').waitFor();
    const step = async (): Promise<number> => Number(await tile('Step').textContent());
    const paused = await step();
    expect(paused).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await expect.poll(step).toBeGreaterThan(paused);
  });

  it('says in a second tab that the first one has the runs', async () => {
    const second = await page.context().newPage();
    await second.goto(lab.url);
    const rows = second.getByRole('region', { name: 'Runs' }).getByRole('listitem');
    await rows.filter({ hasText: 'in another tab' }).first().waitFor();
    await expect.poll(() => rows.count()).toBe(5);
  });

  it('goes on while its tab is hidden', async () => {
    const browser = await openPlainBrowser();
    try {
      const tab = await browser.context.newPage();
      const visibility = (): Promise<string> => tab.evaluate(() => document.visibilityState);
      await tab.goto(lab.url);
      await tab.getByLabel('Model').selectOption('nano');
      await tab.getByLabel('Steps', { exact: true }).fill('100000');
      await tab.getByRole('button', { name: 'Train', exact: true }).click();
      await tab.locator('.run-header').getByText('Training', { exact: true }).waitFor();
      expect(await visibility()).toBe('visible');
      const other = await browser.context.newPage();
      await other.bringToFront();
      await expect.poll(visibility, { timeout: 20_000 }).toBe('hidden');
      const before = await bytesOfMetrics(tab);
      // About 50 steps.
      await expect.poll(() => bytesOfMetrics(tab), { timeout: 20_000 }).toBeGreaterThan(before + 5000);
      expect(await visibility()).toBe('hidden');
    } finally {
      await browser.close();
    }
  });

  it('has said nothing on the console', () => {
    expect(messages).toEqual([]);
  });
});
