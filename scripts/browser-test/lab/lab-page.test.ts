// What the lab's page does with what the worker says, and what it asks for.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { metaPolicy } from '../../../apps/trainer/src/lab/content-security-policy.ts';
import { accessibilityProblems } from './axe.ts';
import { requestsOf } from './fake-worker.ts';
import { summaryOf } from './lab-fixtures.ts';
import { comparedRuns, labStates } from './lab-states.ts';
import { skipsBrowser } from './open-lab.ts';
import { openState } from './open-state.ts';
import { useLab } from './use-lab.ts';

/** The most that may be loaded before anything is pressed, compressed. */
const MOST_INITIAL_BYTES = 600_000;

describe.skipIf(skipsBrowser)("the lab's page", () => {
  const lab = useLab();

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
    await page.getByRole('tab', { selected: true, name: 'Scaling law' }).waitFor();
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
    const { frames, draws } = await page.evaluate(async () => {
      const frame = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));
      await frame();
      await frame();
      const drawn: Record<string, number> = {};
      const clear = CanvasRenderingContext2D.prototype.clearRect;
      CanvasRenderingContext2D.prototype.clearRect = function clearRect(...area) {
        const title = this.canvas.closest('figure')!.querySelector('.chart-title')!.textContent;
        drawn[title] = (drawn[title] ?? 0) + 1;
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
      return { frames: counted + 1, draws: drawn };
    });
    // The steps are those of the last run: every chart follows each of the runs.
    for (const chart of ['Loss', 'Speed', 'Gradient norm']) {
      expect([chart, draws[chart]]).toEqual([chart, expect.any(Number)]);
      expect(draws[chart]).toBeGreaterThanOrEqual(frames / 2);
      expect(draws[chart]).toBeLessThanOrEqual(frames);
    }
    await page.getByText('630 of 300').first().waitFor();
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
    const paused = comparedRuns.map(({ name, step }) => summaryOf(name, step));
    await page.evaluate((summaries) => {
      for (const summary of summaries) window.fakeEngine.emit({ type: 'summary', summary });
      for (const { run, ...rest } of summaries) {
        const result = { run, ...rest, state: { type: 'training' } as const };
        window.fakeEngine.reply({ [`resumeRun ${run}`]: { result } });
      }
    }, paused);
    await setVisibility('visible');
    await expect.poll(() => requestsOf(page, 'resumeRun')).toHaveLength(3);
    await page.getByRole('status').getByText('Training was paused while this tab was hidden.').waitFor();
    // There and back before the worker has paused them.
    await page.evaluate(async (summaries) => {
      for (const value of ['hidden', 'visible']) {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
        for (let task = 0; task < 10; task++) await Promise.resolve();
        for (const summary of summaries) window.fakeEngine.emit({ type: 'summary', summary });
      }
    }, paused);
    await expect.poll(() => requestsOf(page, 'resumeRun')).toHaveLength(6);
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
