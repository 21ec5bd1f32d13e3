// Fits scaling laws in the lab's page, in real workers.
import {
  chinchillaConstants,
  fitLaw,
  gridPoints,
  qat,
  qatDeltaConstants,
  simulateRecords,
} from '@nibble-ml/scaling-law';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labStates } from './lab-states.ts';
import { openLab, skipsBrowser } from './open-lab.ts';
import type { OpenLab } from './open-lab.ts';
import { openState } from './open-state.ts';

const records = simulateRecords(gridPoints([1e8, 2e8, 4e8, 8e8], [1e10, 3e10, 9e10], [undefined, 32, 256]), {
  base: chinchillaConstants.qat,
  delta: qatDeltaConstants.w4a16,
  precision: 'w4a16',
  noise: 0.001,
  seed: 7,
});
const csv = ['N,D,G,precision,loss']
  .concat(records.map(({ N, D, G, precision, loss }) => [N, D, G ?? '', precision, loss].join(',')))
  .join('\n');

let lab: OpenLab;
let page: Page;

/** Gives the page a file. */
async function load(name: string, text: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Load a CSV' }).click();
  await (await chooser).setFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
}

/** The value of a tile. */
async function predicted(label: string): Promise<number> {
  const tile = page.locator('.tile').filter({ has: page.getByText(label, { exact: true }) });
  return Number(await tile.locator('.value').textContent());
}

describe.skipIf(skipsBrowser)('the scaling-law tab', () => {
  beforeAll(async () => {
    lab = await openLab();
    page = await openState(lab, labStates['scaling law']!);
  });
  afterAll(() => lab.close());

  it('says that its own runs are simulated', async () => {
    expect(await page.getByText(/^Simulated, not trained/).count()).toBe(1);
  });

  it('fits the runs of a CSV as the package does, with intervals', async () => {
    await load('runs.csv', csv);
    await page.getByText('runs.csv: 36').waitFor();
    await page.getByText(/^qat on 36 runs in w4a16 and high precision/).waitFor();
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^gammaN/ }) });
    const shown = (await row.getByRole('cell').allInnerTexts()).map(Number);
    const { value, low, high } = fitLaw(qat, records, { resamples: 1000 }).parameters['gammaN']!;
    expect(shown).toEqual([value, low!, high!].map((number) => Number(number.toPrecision(5))));
  });

  it('reads the loss and delta where the sliders are', async () => {
    const [loss, twin, delta] = await Promise.all(
      ['Loss, quantized', 'Loss, high precision', 'δ, what quantization adds'].map(predicted),
    );
    expect(loss! - twin!).toBeCloseTo(delta!, 3);
    await page.getByLabel('G, elements that share a scale').press('Home');
    expect(await predicted('δ, what quantization adds')).toBeLessThan(delta!);
    await page.getByLabel('D, tokens').press('End');
    expect(await predicted('Loss, high precision')).toBeLessThan(twin!);
    await page.getByText(/^This lies outside of the runs/).waitFor();
    await page.getByLabel('N, parameters without embeddings').press('Home');
    expect(await predicted('Loss, high precision')).toBeGreaterThan(twin!);
  });

  it('fits another law', async () => {
    await page.getByLabel('Law', { exact: true }).selectOption('qat-delta');
    await page.getByText(/^qat-delta on 24 runs/).waitFor();
    expect(await page.getByText('Loss, high precision').count()).toBe(0);
  });

  it('says what is wrong with a file, and with runs that cannot tell', async () => {
    const alert = page.getByRole('alert').filter({ hasText: /./ });
    await load('broken.csv', `${csv}\n1e9,2e10,32,w4a16,abc`);
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/^broken\.csv: .*line 38.*loss/);
    await load('few.csv', csv.split('\n').slice(0, 4).join('\n'));
    await expect.poll(() => alert.textContent()).toMatch(/different/);
  });
});
