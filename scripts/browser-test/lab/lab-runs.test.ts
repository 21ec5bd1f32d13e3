// What the page shows of runs, and does with them.
import { describe, expect, it } from 'vitest';
import { requestsOf } from './fake-worker.ts';
import { summaryOf } from './lab-fixtures.ts';
import { comparedRuns, labStates, stateWith } from './lab-states.ts';
import { skipsBrowser } from './open-lab.ts';
import { openState } from './open-state.ts';
import { useLab } from './use-lab.ts';

const pausedRuns = [summaryOf('fp4-paper', 100), summaryOf('f32', 100)];
const twoRuns = stateWith(pausedRuns);

describe.skipIf(skipsBrowser)("runs on the lab's page", () => {
  const lab = useLab();

  it('lists a run that cannot be read, and deletes it', async () => {
    const page = await openState(lab, labStates['a damaged run']!);
    const row = page.getByRole('region', { name: 'Runs' }).getByRole('listitem').filter({ hasText: 'whale' });
    expect(await row.innerText()).toMatch(/damaged: .* its config\.json cannot be read/);
    await page.getByRole('button', { name: 'Delete: whale' }).click();
    expect(await requestsOf(page, 'deleteRun')).toEqual([]);
    await page.getByRole('button', { name: 'Delete for good: whale' }).click();
    await row.waitFor({ state: 'detached' });
    expect(await requestsOf(page, 'deleteRun')).toEqual([{ run: 'torn' }]);
    await page.context().close();
  });

  it('lets a run be renamed while it trains', async () => {
    const page = await openState(lab, labStates['compared']!);
    await page.getByRole('button', { name: 'Rename' }).click();
    const field = page.getByLabel('Name of the run');
    await expect.poll(() => field.evaluate((input) => input === document.activeElement)).toBe(true);
    for (const [index, letter] of [...'whale'].entries()) {
      await page.keyboard.type(letter);
      const summary = { ...comparedRuns[0]!, savedStep: 200 + index };
      await page.evaluate(async (of) => {
        window.fakeEngine.emit({ type: 'summary', summary: of });
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      }, summary);
    }
    expect(await field.inputValue()).toBe('whale');
    const focused = (): Promise<string | undefined> =>
      page.evaluate(() => document.activeElement?.textContent);
    await page.keyboard.press('Escape');
    await expect.poll(focused).toBe('Rename');
    await page.keyboard.press('Enter');
    await field.fill('whale');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('Rename');
    await expect.poll(() => requestsOf(page, 'renameRun')).toEqual([{ run: 'run-fp4-paper', name: 'whale' }]);
    await page.context().close();
  });

  it('announces what a run does, without percentages', async () => {
    const page = await openState(lab, labStates['compared']!);
    const doing = 'training a vocabulary on the text: 12 %';
    const summary = { ...comparedRuns[0]!, state: { type: 'preparing', doing } as const };
    await page.evaluate((of) => window.fakeEngine.emit({ type: 'summary', summary: of }), summary);
    const header = page.locator('.run-header');
    await header.getByText('12 %').waitFor();
    expect(await header.getByRole('status').innerText()).toBe('Preparing: training a vocabulary on the text');
    await page.context().close();
  });

  it('shows memory while a run trains', async () => {
    const page = await openState(lab, labStates['compared']!);
    const memory = page.locator('.tile').filter({ hasText: 'Memory' }).locator('.value');
    await expect.poll(() => memory.textContent()).toBe('182 MB');
    const ended = comparedRuns.map((run) => ({ ...run, state: { type: 'done' } as const }));
    await page.evaluate((summaries) => {
      for (const summary of summaries) window.fakeEngine.emit({ type: 'summary', summary });
    }, ended);
    await expect.poll(() => memory.textContent()).toBe('–');
    await page.context().close();
  });

  it('compares only losses of the same tokens', async () => {
    const page = await openState(lab, labStates['compared']!);
    const gaps = (): Promise<string[]> =>
      page.getByRole('region', { name: 'Comparison of the runs' }).locator('td:nth-child(5)').allInnerTexts();
    const number = expect.stringMatching(/^[+−]\d\.\d{4}$/) as string;
    await expect.poll(gaps).toEqual(['', number, number]);
    const [paper, direct] = comparedRuns;
    const other = { ...paper!, config: { ...paper!.config, vocabSize: 512 } };
    await page.evaluate(
      (summaries) => {
        for (const summary of summaries) window.fakeEngine.emit({ type: 'summary', summary });
      },
      [other, { ...direct!, textName: 'whale.txt' }],
    );
    await expect.poll(gaps).toEqual(['', '–', '–']);
    await page.context().close();
  });

  it('shows what it gives the focus to, on opening and after a run is deleted', async () => {
    const page = await openState(lab, twoRuns);
    await page.getByLabel('Draw the curves of fp4-paper').uncheck();
    await page.reload();
    const drawn = (name: string) => page.getByRole('img', { name: `Loss by step: ${name} at ` });
    await expect.poll(() => drawn('fp4-paper').count()).toBe(1);
    await page.evaluate(() => window.fakeEngine.emit({ type: 'deleted', run: 'run-fp4-paper' }));
    await expect.poll(() => drawn('f32').count()).toBe(1);
    await page.context().close();
  });

  it('exports a run, whatever is looked at meanwhile', async () => {
    const page = await openState(lab, twoRuns);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.getByText('Export', { exact: true }).click();
    await page.evaluate(() => {
      const result = { fileName: 'run.zip', blob: new Blob(['zip']), notes: [] };
      window.fakeEngine.reply({ exportRun: { result, after: 300 } });
    });
    const download = page.waitForEvent('download');
    await page.evaluate(() => {
      const press = (selector: string): void => document.querySelector<HTMLElement>(selector)!.click();
      press('.menu-body button');
      press('.run-list li:last-child .run-name');
    });
    expect((await download).suggestedFilename()).toBe('run.zip');
    await page.getByRole('heading', { name: 'f32' }).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
