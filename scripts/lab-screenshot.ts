// Trains f32, fp4-direct and fp4-paper side by side in the lab, in a headless Chromium on WebAssembly, and writes what the
// page then looks like, light and dark, to docs/pictures: the pictures of the README and the front page. It takes
// minutes, and every pixel is of a run that was really trained.
//
//   npx node --conditions=@nibble-ml/source scripts/lab-screenshot.ts
import path from 'node:path';
import { openLab } from './browser-test/lab/open-lab.ts';
import { picturesFolder } from './docs/draw-pictures.ts';

// Small batches: the rows of `tiny` are long enough for OCC to clamp, but a processor takes its time with them.
const steps = 300;
const batchSize = 4;
const size = { width: 1360, height: 960 };
const lab = await openLab();
try {
  const page = await lab.newPage({ viewport: size, deviceScaleFactor: 1.25 });
  page.on('pageerror', (error) => console.error(error));
  await page.goto(lab.url);
  await page.getByLabel('Model').selectOption('tiny');
  await page.getByText('More settings', { exact: true }).click();
  await page.getByRole('radio', { name: 'WebAssembly' }).check({ force: true });
  for (const [label, value] of [
    ['Steps', steps],
    ['Batch, windows', batchSize],
  ] as const) {
    const field = page.getByLabel(label, { exact: true });
    await field.fill(String(value));
    await field.press('Tab');
  }
  await page.getByRole('button', { name: /^Compare/ }).click();
  const done = page
    .getByRole('region', { name: 'Comparison of the runs' })
    .getByRole('cell', { name: `${steps} of ${steps}` });
  await done.nth(2).waitFor({ timeout: 1_800_000 });
  await page.locator('.run-header').getByText('Done').waitFor({ timeout: 120_000 });
  await page.getByText('More settings', { exact: true }).click();
  // Below the notice that this Chromium computes on the CPU.
  await page.evaluate(`(() => {
    for (const element of document.querySelectorAll('*')) element.scrollTop = 0;
    scrollTo(0, document.querySelector('.run-header').getBoundingClientRect().top - 16);
  })()`);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // The charts are drawn again in the other colours.
    await page.waitForTimeout(1000);
    const name = colorScheme === 'light' ? 'lab.png' : 'lab-dark.png';
    await page.screenshot({ path: path.join(picturesFolder, name) });
    console.log(path.join('docs', 'pictures', name));
  }
} finally {
  await lab.close();
}
