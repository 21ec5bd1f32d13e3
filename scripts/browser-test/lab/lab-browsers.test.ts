// What the page says, and still does, in browsers that give it less.
import { describe, expect, it } from 'vitest';
import { labStates } from './lab-states.ts';
import { skipsBrowser } from './open-lab.ts';
import { openState } from './open-state.ts';
import { useLab } from './use-lab.ts';

describe.skipIf(skipsBrowser)('the lab in browsers that give it less', () => {
  const lab = useLab();

  it('says on plain http that nothing can be trained, and how it can', async () => {
    const page = await lab.newPage();
    const address = new URL(lab.url.replace('localhost', 'lab.test'));
    await page.goto(address.href);
    const notice = page.getByRole('region', { name: 'Nothing can be trained at this address' });
    await notice.getByText(`ssh -L ${address.port}:localhost:${address.port} lab.test`).waitFor();
    await page.getByText('None yet.').waitFor();
    expect(await page.getByRole('button', { name: 'Train', exact: true }).isDisabled()).toBe(true);
    expect(await page.getByText(/private window|WebAssembly on the CPU/).count()).toBe(0);
    expect(await page.locator('.notices .notice').count()).toBe(0);
    await page.context().close();
  });

  it('is there where site data is blocked, and says what is missing', async () => {
    const page = await lab.newPage();
    await page.addInitScript(() => {
      const refuse = (): never => {
        throw new DOMException('The document is sandboxed.', 'SecurityError');
      };
      Object.defineProperty(window, 'localStorage', { get: refuse });
    });
    await page.goto(lab.url);
    await page.getByText('None yet.').waitFor();
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    await expect
      .poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor))
      .toBe('rgb(16, 18, 22)');
    await page.context().close();
  });

  it('says in sentences why there is no WebGPU', async () => {
    const page = await openState(lab, labStates['no WebGPU']!);
    const notice = page.getByRole('region', { name: 'No WebGPU here' });
    expect(await notice.locator('p').first().innerText()).toBe(
      'This browser has WebGPU, but found no GPU that it may use. Runs train with WebAssembly on the CPU instead: slower, to the same bits.',
    );
    await page.context().close();
  });

  it('asks at the first run that runs are kept when disk gets short', async () => {
    const page = await openState(lab, labStates['empty']!);
    await page.evaluate(() => {
      navigator.storage.persist = () => {
        document.title = 'asked';
        return Promise.resolve(true);
      };
      window.fakeEngine.reply({ startRuns: { result: [] } });
    });
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await expect.poll(() => page.title()).toBe('asked');
    await page.context().close();
  });
});
