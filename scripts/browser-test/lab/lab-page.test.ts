// What the lab's page does with what the worker says, and what it asks for.
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metaPolicy } from '../../../apps/trainer/src/lab/content-security-policy.ts';
import type { RequestMessage, RequestType } from '../../../apps/trainer/web/src/engine/protocol.ts';
import { accessibilityProblems } from './axe.ts';
import { contentsOf, summaryOf } from './lab-fixtures.ts';
import { labStates } from './lab-states.ts';
import { openLab, skipsBrowser } from './open-lab.ts';
import type { OpenLab } from './open-lab.ts';
import { openState } from './open-state.ts';

/** The most that may be loaded before anything is pressed, compressed. */
const MOST_INITIAL_BYTES = 600_000;

let lab: OpenLab;

/** The requests of one kind that the page has made of the worker. */
async function requestsOf<Type extends RequestType>(
  page: Page,
  type: Type,
): Promise<Extract<RequestMessage, { type: Type }>['params'][]> {
  const all = await page.evaluate(() => window.fakeEngine.requests);
  return all.filter((request) => request.type === type).map(({ params }) => params) as never;
}

describe.skipIf(skipsBrowser)("the lab's page", () => {
  beforeAll(async () => {
    lab = await openLab();
  });
  afterAll(() => lab.close());

  it('loads little, only its own files, and nothing that its policy forbids', async () => {
    const page = await lab.newPage();
    const messages: string[] = [];
    const requests: string[] = [];
    const sizes: Promise<number>[] = [];
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(String(error)));
    page.context().on('request', (request) => requests.push(request.url()));
    page.context().on('response', (response) => {
      sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
    });
    await page.goto(lab.url);
    await page.getByText('None yet.').waitFor();
    const initial = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    await page.getByRole('tab', { name: 'Scaling law' }).click();
    await page.getByRole('heading', { name: 'The fit' }).waitFor();
    expect(requests.filter((url) => !url.startsWith(lab.url))).toEqual([]);
    expect(requests.some((url) => url.includes('worker'))).toBe(true);
    expect(requests.some((url) => url.endsWith('.txt'))).toBe(false);
    expect(messages).toEqual([]);
    expect(initial).toBeGreaterThan(20_000);
    expect(initial).toBeLessThan(MOST_INITIAL_BYTES);
    await page.context().close();
  });

  it('states its policy itself, for servers that send none, and it holds', async () => {
    const page = await lab.newPage();
    await page.goto(lab.url);
    const meta = page.locator('meta[http-equiv="Content-Security-Policy"]');
    expect(await meta.getAttribute('content')).toBe(metaPolicy);
    const violated = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
            resolve(`${violatedDirective} ${blockedURI}`),
          );
          fetch('https://example.com/').catch(() => undefined);
        }),
    );
    expect(violated).toContain('connect-src https://example.com');
    await page.context().close();
  });

  it('is checked by an axe that finds what is wrong', async () => {
    const page = await openState(lab, labStates['empty']!);
    await page.evaluate(() => document.querySelector('h2')!.append(document.createElement('button')));
    expect(await accessibilityProblems(page)).toEqual([expect.stringMatching(/^button-name: /)]);
    await page.context().close();
  });

  it('can be walked by keyboard alone, from the tabs to training', async () => {
    const page = await openState(lab, labStates['compared']!, { viewport: { width: 1280, height: 900 } });
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.getByRole('tab', { name: 'Train' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Scaling law');
    await page.keyboard.press('Home');
    const stops: string[] = [];
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      const { name, outline } = await page.evaluate(() => {
        const element = document.activeElement as HTMLInputElement;
        const shown = element.type === 'radio' ? element.nextElementSibling! : element;
        return {
          name: element.labels?.[0]?.textContent ?? element.textContent,
          outline: getComputedStyle(shown).outlineStyle,
        };
      });
      expect([name, outline]).toEqual([name, 'solid']);
      stops.push(name);
    }
    const order = [
      'Model',
      'Recipe',
      'Gradient estimator, k',
      'Moby-Dick',
      'Steps',
      'More settings',
      'Train',
    ];
    expect(stops.filter((stop) => order.includes(stop))).toEqual(order);
    await page.getByRole('button', { name: 'Train', exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => requestsOf(page, 'startRuns')).toHaveLength(2);
    await page.context().close();
  });

  it('trains the comparison with one press, and the k that is chosen', async () => {
    const page = await openState(lab, labStates['compared']!);
    const slider = page.getByLabel('Gradient estimator, k');
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('img', { name: /^The surrogate f .* for k = 4\.5/ }).waitFor();
    await page.getByRole('button', { name: /^Compare/ }).click();
    await expect.poll(() => requestsOf(page, 'startRuns')).toHaveLength(2);
    const [first, second] = await requestsOf(page, 'startRuns');
    const recipes = (start: typeof first): unknown[] => start!.runs.map(({ settings }) => settings.recipe);
    expect(recipes(first)).toEqual(['f32', 'fp4-direct', 'fp4-paper']);
    expect(recipes(second)).toEqual(['f32', 'fp4-direct', 'fp4-paper-k4.5']);
    expect(first!.text).toMatchObject({ type: 'default', url: expect.stringMatching(/^http.*\.txt$/) });
    await page.context().close();
  });

  it('draws each chart at most once a frame, however many steps come', async () => {
    const page = await openState(lab, labStates['compared']!);
    const { frames, draws, canvases } = await page.evaluate(async () => {
      const frame = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));
      await frame();
      await frame();
      let drawn = 0;
      const clear = CanvasRenderingContext2D.prototype.clearRect;
      CanvasRenderingContext2D.prototype.clearRect = function clearRect(...area) {
        drawn++;
        clear.apply(this, area);
      };
      let counted = 0;
      for (let step = 231; step < 631; step++) {
        window.fakeEngine.emit({
          type: 'metrics',
          run: 'run-fp4-paper',
          lines: [{ type: 'step', step, loss: 3, learningRate: 1e-3, gradNorm: 1, tokensPerSecond: 9000 }],
        });
        // As many messages between two frames as a fast run sends.
        if (step % 40 === 0) {
          await frame();
          counted++;
        }
      }
      await frame();
      return { frames: counted + 1, draws: drawn, canvases: document.querySelectorAll('canvas').length };
    });
    expect(draws).toBeGreaterThan(0);
    expect(draws).toBeLessThanOrEqual(frames * canvases);
    await page.getByText('630 of 300').first().waitFor();
    await page.context().close();
  });

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
    const { replies } = labStates['empty']!;
    const page = await openState(lab, {
      replies: {
        ...replies,
        listRuns: { result: { runs: [damaged], damaged: [] } },
        openRun: { result: contentsOf(damaged, 3.4) },
        resumeRun: {
          error: {
            kind: 'damaged',
            message: 'A file was changed; the checkpoint of step 50 is whole: go back to it.',
            wholeStep: 50,
          },
        },
      },
    });
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

  it('offers a smaller batch where memory was too small', async () => {
    const error = { kind: 'out-of-memory', message: 'The GPU is full; take a smaller batch.' } as const;
    const full = summaryOf('fp4-paper-k3', 60, { type: 'failed', error });
    const { replies } = labStates['empty']!;
    const page = await openState(lab, {
      replies: {
        ...replies,
        listRuns: { result: { runs: [full], damaged: [] } },
        openRun: { result: contentsOf(full, 3.4) },
      },
    });
    await page.getByRole('button', { name: 'Set up a new run with a batch of 4' }).click();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await expect.poll(() => requestsOf(page, 'startRuns')).toHaveLength(1);
    const [start] = await requestsOf(page, 'startRuns');
    expect(start!.runs[0]!.settings).toMatchObject({ batchSize: 4, recipe: 'fp4-paper-k3', seed: 1 });
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
    expect(await page.getByText(message).count()).toBe(0);
    await page.context().close();
  });

  it('pauses while it is hidden, if the visitor says so, and goes on', async () => {
    const page = await openState(lab, labStates['compared']!);
    const setVisibility = (state: string): Promise<void> =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await setVisibility('hidden');
    await setVisibility('visible');
    expect(await requestsOf(page, 'pauseAll')).toHaveLength(0);
    await page.getByText('More settings', { exact: true }).click();
    await page.getByLabel('Go on while this tab is hidden').uncheck();
    await setVisibility('hidden');
    await expect.poll(() => requestsOf(page, 'pauseAll')).toHaveLength(1);
    const paused = ['f32', 'fp4-direct', 'fp4-paper'].map((recipe) => summaryOf(recipe, 230));
    await page.evaluate((summaries) => {
      for (const summary of summaries) window.fakeEngine.emit({ type: 'summary', summary });
      window.fakeEngine.reply({ resumeRun: { result: summaries[0]! } });
    }, paused);
    await setVisibility('visible');
    await expect.poll(() => requestsOf(page, 'resumeRun')).toHaveLength(3);
    await page.getByRole('status').getByText('Training was paused while this tab was hidden.').waitFor();
    await page.context().close();
  });

  it('remembers the theme, and moves nothing for those who want that', async () => {
    const page = await openState(lab, labStates['empty']!, { colorScheme: 'light', reducedMotion: 'reduce' });
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    const look = (): Promise<string[]> =>
      page.evaluate(() => [
        getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('button.primary')!).transitionDuration,
      ]);
    expect(await look()).toEqual(['rgb(16, 18, 22)', '0s']);
    await page.reload();
    await page.getByRole('button', { name: 'Train', exact: true }).waitFor();
    expect(await look()).toEqual(['rgb(16, 18, 22)', '0s']);
    await page.context().close();
  });
});
