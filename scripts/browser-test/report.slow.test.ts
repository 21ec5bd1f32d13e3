// Opens reports of one run and of three in a headless Chromium, from the disk, wide and narrow, light and dark.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../apps/trainer/src/config/train-config.ts';
import { reportHtml } from '../../apps/trainer/src/report/report-html.ts';
import type { ReportRun } from '../../apps/trainer/src/report/report-run.ts';
import { findChromium } from '../system/find-chromium.ts';

const BLOCKS = 12;

/** A run of a model with many blocks, long names and a long line in its sample. */
function runNamed(name: string, recipe: string): ReportRun {
  const steps = Array.from({ length: 200 }, (_, i) => i + 1);
  const layersAt = (step: number): object => ({
    type: 'layers',
    step,
    tokens: 1024,
    seconds: 0.1,
    layers: ['qkv', 'o', 'fc1', 'fc2'].flatMap((role) =>
      Array.from({ length: BLOCKS }, (_, block) => ({
        role,
        block,
        weightsDecibels: 18 + block / 7,
        activationsDecibels: 20 - step / 90,
        outlierShare: 0.015,
        histogram: Array.from({ length: 48 }, (__, bin) => 600 - (bin - 24) ** 2),
      })),
    ),
  });
  return {
    name,
    record: {
      config: { ...defaultConfig, recipe, data: `/a/long/path/${'without-a-space-'.repeat(8)}.txt` },
      versions: { node: 'v24' },
      backend: 'webgpu',
      adapter: { description: 'an adapter with quite a long name, as drivers like to give them' },
    },
    metrics: [
      ...steps.map((step) => ({
        type: 'step',
        step,
        loss: 7 - Math.log(step),
        learningRate: 1e-3,
        gradNorm: 1 + Math.sin(step) / 2,
        tokensPerSecond: 123_456,
      })),
      ...[50, 100, 150, 200].flatMap((step) => [
        { type: 'evaluation', step, valLoss: 7 - Math.log(step), bitsPerByte: 2 },
        layersAt(step) as ReportRun['metrics'][number],
      ]),
      { type: 'sample', step: 200, prompt: 'The', continuation: ` ${'whale'.repeat(60)}` },
      {
        type: 'products',
        step: 200,
        products: [
          {
            role: 'qkv',
            gemm: 'fprop',
            precision: 'E2M1 x E2M1, exact integer sums',
            kernel: 'dot4',
            backend: 'webgpu',
          },
        ],
      },
    ],
  };
}

const pages = {
  'one run': [runNamed('fp4-paper', 'fp4-paper')],
  'three runs': ['f32', 'fp4-paper', 'fp4-direct'].map((recipe) =>
    runNamed(`run-with-a-long-name-${recipe}`, recipe),
  ),
};
const views = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [1280, 768, 360].map((width) => ({ colorScheme, width })),
);

describe.each(Object.entries(pages))('the report of %s in Chromium', (name, runs) => {
  let folder = '';
  let url = '';
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nibble-report-page-'));
    const file = path.join(folder, 'report.html');
    writeFileSync(file, reportHtml(runs));
    url = pathToFileURL(file).href;
    browser = await chromium.launch({ executablePath: findChromium()!, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it.each(views)('fits $width pixels, $colorScheme, and asks for nothing', async ({ colorScheme, width }) => {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
    const requests: string[] = [];
    const messages: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => messages.push(message.text()));
    await page.goto(url);
    expect({ requests, messages }).toEqual({ requests: [url], messages: [] });
    const found = await page.evaluate(() => {
      const drawings = [...document.querySelectorAll('svg')].map((svg) => svg.getBoundingClientRect());
      const ticks = [...document.querySelectorAll('svg text')].flatMap((text) => {
        const { height } = text.getBoundingClientRect();
        return height > 0 ? [height] : [];
      });
      return {
        overflow: document.documentElement.scrollWidth - window.innerWidth,
        drawn: drawings.filter(({ width: shown }) => shown > 0).length,
        smallestText: Math.min(...ticks),
        background: getComputedStyle(document.body).backgroundColor,
      };
    });
    expect(found.overflow).toBeLessThanOrEqual(0);
    expect(found.drawn).toBeGreaterThan(name === 'one run' ? 12 : 25);
    // The box of a line of 12 pixels is 14 or so; on a phone nothing may be smaller than 9.
    expect(found.smallestText).toBeGreaterThan(9);
    expect(found.background).toBe(colorScheme === 'light' ? 'rgb(247, 247, 245)' : 'rgb(16, 18, 22)');
    await page.close();
  });
});
