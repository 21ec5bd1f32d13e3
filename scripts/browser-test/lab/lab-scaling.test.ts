// Fits scaling laws in the lab's page, in real workers.
import {
  chinchillaConstants,
  fitLaw,
  gridPoints,
  qat,
  qatDelta,
  qatDeltaConstants,
  simulateRecords,
} from '@nibble-ml/scaling-law';
import type { LogOf } from '@nibble-ml/scaling-law';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { labStates } from './lab-states.ts';
import { skipsBrowser } from './open-lab.ts';
import { openState } from './open-state.ts';
import { useLab } from './use-lab.ts';

const records = simulateRecords(gridPoints([1e8, 2e8, 4e8, 8e8], [1e10, 3e10, 9e10], [undefined, 32, 256]), {
  base: chinchillaConstants.qat,
  delta: qatDeltaConstants.w4a16,
  precision: 'w4a16',
  noise: 0.001,
  seed: 7,
});
const csvOf = (runs: typeof records): string =>
  ['N,D,G,precision,loss']
    .concat(runs.map(({ N, D, G, precision, loss }) => [N, D, G ?? '', precision, loss].join(',')))
    .join('\n');
const csv = csvOf(records);

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
  const lab = useLab();
  beforeAll(async () => {
    page = await openState(lab, labStates['scaling law']!);
  });

  it('begins with runs that were trained here, and comes back to them', async () => {
    const own = page.getByText(/^Trained by Nibble/);
    expect(await own.count()).toBe(1);
    expect(await page.getByText(/^b-law\.csv: \d+$/).count()).toBe(1);
    await load('runs.csv', csv);
    await own.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Nibble’s own runs' }).click();
    await own.waitFor();
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
    // The page is drawn once a frame.
    await page.getByLabel('G, elements that share a scale').press('Home');
    await expect.poll(() => predicted('δ, what quantization adds')).toBeLessThan(delta!);
    await page.getByLabel('D, tokens').press('End');
    await expect.poll(() => predicted('Loss, high precision')).toBeLessThan(twin!);
    await page.getByText(/^This lies outside of the runs/).waitFor();
    await page.getByLabel('N, parameters without embeddings').press('Home');
    await expect.poll(() => predicted('Loss, high precision')).toBeGreaterThan(twin!);
  });

  it('fits another law, to the logarithm of the loss or of δ', async () => {
    const slope = async (): Promise<number> => {
      const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^gammaN/ }) });
      return Number(await row.getByRole('cell').first().innerText());
    };
    await page.getByLabel('Law', { exact: true }).selectOption('qat-delta');
    await page.getByText(/^qat-delta on 24 runs/).waitFor();
    expect(await page.getByText('Loss, high precision').count()).toBe(0);
    const fitted = (logOf: LogOf): number =>
      Number(fitLaw(qatDelta, records, { logOf, resamples: 0 }).parameters['gammaN']!.value.toPrecision(5));
    expect(await slope()).toBe(fitted('loss'));
    await page.getByLabel('Fit the logarithm of').selectOption('delta');
    await expect.poll(slope).toBe(fitted('delta'));
    await page.getByLabel('Fit the logarithm of').selectOption('loss');
  });

  it('fits several precisions together, and predicts each', async () => {
    const two = records.concat(
      records
        .filter(({ G }) => G !== undefined)
        .map(({ N, D, G, loss }) => ({ N, D, G, precision: 'w4a4', loss: loss + 0.05 })),
    );
    await load('two.csv', csvOf(two));
    await page.getByText('two.csv: 60').waitFor();
    await page.getByLabel('Law', { exact: true }).selectOption('qat-joint');
    await page.getByText(/^qat-joint on 60 runs in w4a16, w4a4 and high precision/).waitFor();
    const delta = await predicted('δ, what quantization adds');
    await page.getByLabel('Precision', { exact: true }).selectOption('w4a4');
    await expect.poll(() => predicted('δ, what quantization adds')).toBeGreaterThan(delta + 0.03);
  });

  it('says what is wrong with a file, and with runs that cannot tell', async () => {
    const alert = page.getByRole('alert').filter({ hasText: /./ });
    await load('broken.csv', `${csv}\n1e9,2e10,32,w4a16,abc`);
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/^broken\.csv: .*line 38.*loss/);
    expect(await page.getByRole('heading', { name: 'The fit' }).count()).toBe(1);
    await load('few.csv', csv.split('\n').slice(0, 4).join('\n'));
    await expect.poll(() => alert.textContent()).toMatch(/different/);
  });
});
