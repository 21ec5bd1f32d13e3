// The ways out that the page offers when a run stops or the worker refuses.
import { describe, expect, it } from 'vitest';
import { accessibilityProblems } from './axe.ts';
import { requestsOf } from './fake-worker.ts';
import { summaryOf } from './lab-fixtures.ts';
import { labStates, stateWith } from './lab-states.ts';
import { skipsBrowser } from './open-lab.ts';
import { openState } from './open-state.ts';
import { useLab } from './use-lab.ts';

describe.skipIf(skipsBrowser)("failures on the lab's page", () => {
  const lab = useLab();

  it('shows why a run stopped, and goes on with it', async () => {
    const page = await openState(lab, labStates['a lost device']!);
    expect(await page.getByRole('alert').filter({ hasText: 'The GPU went away' }).count()).toBe(1);
    await page.getByText('in another tab').waitFor();
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await page.getByRole('button', { name: 'Go on with WebAssembly' }).click();
    await expect.poll(() => requestsOf(page, 'resumeRun')).toHaveLength(2);
    const [first, second] = await requestsOf(page, 'resumeRun');
    expect(first).toMatchObject({ run: 'run-fp4-paper', text: { type: 'default' } });
    expect(first).not.toHaveProperty('backend');
    expect(second).toMatchObject({ backend: 'wasm' });
    await page.context().close();
  });

  it('goes back to a whole checkpoint, and takes the text of a run, where the worker would not go on', async () => {
    const damaged = summaryOf('fp4-paper', 120);
    const page = await openState(
      lab,
      stateWith([damaged], {
        resumeRun: {
          error: {
            kind: 'damaged',
            message: 'A file was changed; the checkpoint of step 50 is whole: go back to it.',
            wholeStep: 50,
          },
        },
      }),
    );
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await page.getByRole('alert').getByText('A file was changed').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.evaluate(() =>
      window.fakeEngine.reply({
        resumeRun: { error: { kind: 'text-missing', message: 'Its text is not here; give it.' } },
      }),
    );
    await page.getByRole('button', { name: 'Go back to step 50' }).click();
    await page.getByRole('alert').getByText('Its text is not here').waitFor();
    expect(await page.getByText('A file was changed').count()).toBe(0);
    const goesOn = summaryOf('fp4-paper', 50, { type: 'training' });
    await page.evaluate((result) => window.fakeEngine.reply({ resumeRun: { result } }), goesOn);
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Give its text' }).click();
    await (
      await chooser
    ).setFiles({ name: 'whale.txt', mimeType: 'text/plain', buffer: Buffer.from('Call me Ishmael.') });
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    expect(await page.getByText('Its text is not here').count()).toBe(0);
    const [, back, given] = await requestsOf(page, 'resumeRun');
    expect(back).toMatchObject({ run: 'run-fp4-paper', fromStep: 50 });
    expect(given!.text).toEqual({ type: 'own', name: 'whale.txt', text: 'Call me Ishmael.' });
    await page.context().close();
  });

  it('offers WebAssembly where the GPU cannot do what a run needs', async () => {
    const error = { kind: 'unexpected', message: 'Error while parsing WGSL: unknown type f16' } as const;
    const failed = summaryOf('fp4-paper', 0, { type: 'failed', error });
    const page = await openState(lab, stateWith([failed]));
    await page.getByRole('button', { name: 'Go on with WebAssembly' }).click();
    await expect.poll(() => requestsOf(page, 'resumeRun')).toMatchObject([{ backend: 'wasm' }]);
    await page.context().close();
  });

  it('offers a smaller batch where memory was too small', async () => {
    const error = { kind: 'out-of-memory', message: 'The GPU is full; take a smaller batch.' } as const;
    const text = { text: 'own', textName: 'whale.txt', backend: 'wasm' } as const;
    const full = summaryOf('fp4-paper-k3', 60, { type: 'failed', error }, text);
    const page = await openState(lab, stateWith([full]));
    await page.getByRole('button', { name: 'Set up a new run with a batch of 4' }).click();
    // Its text went with a reload; another one would be another run.
    await page.getByText('Choose a file first').waitFor();
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose', exact: true }).click();
    await (
      await chooser
    ).setFiles({ name: 'whale.txt', mimeType: 'text/plain', buffer: Buffer.from('Call me Ishmael.') });
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await expect.poll(() => requestsOf(page, 'startRuns')).toHaveLength(1);
    const [start] = await requestsOf(page, 'startRuns');
    expect(start!.runs[0]!.settings).toMatchObject({ batchSize: 4, recipe: 'fp4-paper-k3', seed: 1 });
    expect(start).toMatchObject({ backend: 'wasm', text: { type: 'own', name: 'whale.txt' } });
    await page.context().close();
  });

  it('says what the worker refuses', async () => {
    const page = await openState(lab, labStates['empty']!);
    const message = 'The browser gives no more disk space; delete or export runs.';
    await page.evaluate(
      (text) => window.fakeEngine.reply({ startRuns: { error: { kind: 'quota', message: text } } }),
      message,
    );
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('alert').getByText(message).waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect.poll(() => page.getByText(message).count()).toBe(0);
    await page.context().close();
  });
});
