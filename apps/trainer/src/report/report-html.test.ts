import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import { openMetrics } from '../run/metrics.ts';
import type { MetricsRecord } from '../run/metrics-lines.ts';
import { createRun } from '../run/run-folder.ts';
import type { RunRecord } from '../run/run-record.ts';
import { loadReportRuns } from './load-report-run.ts';
import { reportHtml } from './report-html.ts';
import type { ReportRun } from './report-run.ts';
import { writeRunReport } from './write-run-report.ts';

const record: RunRecord = {
  config: { ...defaultConfig, model: 'tiny', recipe: 'fp4-paper', seed: 3 },
  versions: { node: 'v24' },
  backend: 'webgpu',
  adapter: { vendor: 'mesa' },
};
const histogram = Array.from({ length: 48 }, (_, bin) => 24 - Math.abs(bin - 24));
const layersAt = (step: number): MetricsRecord => ({
  type: 'layers',
  step,
  tokens: 1024,
  seconds: 0.1,
  layers: ['qkv', 'o', 'fc1', 'fc2'].flatMap((role) =>
    [0, 1].map((block) => ({
      role,
      block,
      weightsDecibels: 17 + block,
      activationsDecibels: 21.5 + step / 100,
      outlierShare: 0.0123,
      histogram,
    })),
  ),
});
const steps = Array.from({ length: 40 }, (_, i) => ({
  type: 'step',
  step: i + 1,
  loss: 7 - i / 20,
  learningRate: 1e-3,
  gradNorm: 2,
  tokensPerSecond: 900,
}));
const underWay: MetricsRecord[] = [
  ...steps.slice(0, 20),
  { type: 'evaluation', step: 20, valLoss: 5.25, bitsPerByte: 2.5 },
  layersAt(20),
  {
    type: 'kernels',
    step: 1,
    products: [{ role: 'qkv', gemm: 'fprop', precision: 'E2M1 × E2M1', kernel: 'dot4', backend: 'webgpu' }],
  },
  { type: 'sample', step: 20, prompt: 'Call me', continuation: ' early' },
];
const finished: MetricsRecord[] = [
  ...underWay,
  ...steps.slice(20),
  { type: 'evaluation', step: 40, valLoss: 5.125, bitsPerByte: 2.25 },
  layersAt(40),
  { type: 'sample', step: 40, prompt: 'Call me', continuation: ' <script>alert(1)</script>\0"\'' },
  {
    type: 'done',
    step: 40,
    trainLoss: 5.0512,
    valLoss: 5.125,
    bitsPerByte: 2.25,
    unigramNats: 5.845,
    seconds: 61,
    clips: { count: 8, least: 0.5, mean: 0.75, most: 1 },
  },
];
const run = (change: Partial<ReportRun> = {}): ReportRun => ({
  name: 'one',
  record,
  metrics: finished,
  ...change,
});
const other = run({
  name: 'two <b>',
  record: { ...record, config: { ...record.config, recipe: 'f32', learningRate: 0.004 } },
  metrics: finished.map((line) => ('valLoss' in line ? { ...line, valLoss: 5 } : line)),
});

describe('reportHtml of one run', () => {
  it('shows what the run came to, and how', () => {
    const html = reportHtml([run()]);
    for (const text of [
      '<h1>tiny, fp4-paper</h1>',
      '40 steps, on webgpu: mesa',
      '5.1250',
      'nats per token, 0.72 below the unigram entropy of 5.8450',
      'unigram entropy',
      'E2M1 × E2M1',
      'dot4',
      'from 0.500 to 1.000',
      'validation: 5.25 at 20',
      'Quantization error',
      'fc2, block 1: 18.0 signal to error, dB',
      'o, block 0: 1.23 % of activations cut off',
      'marks: the values of E2M1',
      'step 20',
    ]) {
      expect(html).toContain(text);
    }
    expect(html).toMatch(/<th scope="row">data<\/th><td>default<\/td>/);
  });

  it('marks all 15 values of E2M1 under each histogram', () => {
    expect(reportHtml([run()]).match(/class="code"/g)).toHaveLength(2 * 4 * 15);
  });

  it('shows a run that is under way', () => {
    const html = reportHtml([run({ metrics: underWay })]);
    expect(html).toContain('under way or interrupted: step 20 of 300');
    expect(html).toContain('5.2500');
    expect(html).toContain('dot4');
    expect(reportHtml([run({ metrics: [] })])).toContain('No step is done yet.');
  });

  it('escapes what a model or a user wrote', () => {
    const html = reportHtml([run()]);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;␀&quot;&#39;');
    expect(html).not.toContain('<script');
    expect(reportHtml([run(), other])).toContain('two &lt;b&gt;');
  });

  it('asks the network for nothing', () => {
    for (const html of [reportHtml([run()]), reportHtml([run(), other])]) {
      expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
      expect(html).not.toMatch(/\b(?:src|href)=|url\(|@import|https?:/);
    }
  });

  it('is well-formed: every tag that opens closes', () => {
    const open: string[] = [];
    const mismatched: string[] = [];
    const html = reportHtml([run(), other]) + reportHtml([run()]);
    for (const [, close, name, end] of html.matchAll(/<(\/?)([a-z][\da-z]*)\b[^>]*?(\/?)>/g)) {
      if (close === '/' && open.pop() !== name) mismatched.push(name!);
      if (close === '/') continue;
      if (end !== '/' && name !== 'meta') open.push(name!);
    }
    expect({ open, mismatched }).toEqual({ open: [], mismatched: [] });
    expect(html).not.toMatch(/undefined|NaN|Infinity/);
  });

  it('stays small for a long run', () => {
    const long = Array.from({ length: 100_000 }, (_, i) => ({
      type: 'step',
      step: i + 1,
      loss: 4 + Math.sin(i),
      gradNorm: 1 + (i % 97),
      learningRate: 1e-3,
      tokensPerSecond: 5,
    }));
    expect(reportHtml([run({ metrics: long })]).length).toBeLessThan(300_000);
  });

  it('draws lines of old versions, and passes over what it does not know', () => {
    const old = [
      ...steps,
      { type: 'evaluation', step: 40, valLoss: 5.5, bitsPerByte: 2 },
      { type: 'products', step: 40, products: [{ gone: 1 }] },
    ];
    const html = reportHtml([run({ metrics: old })]);
    expect(html).toContain('40 steps');
    expect(html).toContain('5.5000');
    expect(html).not.toContain('Quantization error');
  });
});

describe('reportHtml of several runs', () => {
  it('puts them over each other, and shows only settings that differ', () => {
    const html = reportHtml([run(), other]);
    expect(html).toContain('<h1>2 runs</h1>');
    expect(html).toMatch(/key-line series-1"><\/i>one</);
    expect(html).toContain('class="line series-2"');
    expect(html).toMatch(/<td class="number"><b>5\.0000<\/b><\/td><td class="number">−0\.1250<\/td>/);
    const differences = html.slice(html.indexOf('What differs'), html.indexOf('<figure'));
    expect([...differences.matchAll(/<tr><td>([^<]+)<\/td>/g)].map(([, key]) => key)).toEqual([
      'recipe',
      'learningRate',
    ]);
    expect(reportHtml([run(), run({ name: 'again' })])).toContain('The settings are the same.');
  });

  it('compares a run without statistics of layers with one that has them', () => {
    const without = run({ name: 'bare', metrics: steps });
    expect(reportHtml([without, run()])).toContain('Activations of fc1');
  });

  it('refuses none, and what is not finite', () => {
    expect(() => reportHtml([])).toThrow(/at least one run/);
    expect(() => reportHtml([run({ metrics: [{ type: 'step', step: 1, loss: Number.NaN }] })])).toThrow(
      /Loss, training, each step must have finite points only, but got NaN at 1/,
    );
  });
});

describe('reports of run folders', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nibble-report-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (dir: string, metrics: readonly MetricsRecord[]): void => {
    createRun(dir, record);
    const file = openMetrics(dir);
    for (const line of metrics) file.append(line);
    file.close();
  };

  it('are written from the folder alone, and keep the old one when something is wrong', () => {
    const dir = join(root, 'r');
    write(dir, finished);
    const path = writeRunReport(dir);
    const before = readFileSync(path, 'utf8');
    expect(before).toContain('5.1250');
    expect(readdirSync(dir).toSorted()).toEqual([
      'SHA256SUMS',
      'config.json',
      'metrics.jsonl',
      'report.html',
    ]);
    rmSync(join(dir, 'config.json'));
    expect(() => writeRunReport(dir)).toThrow(/must be the folder of a run/);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('call runs by their folders, or by paths where these are alike', () => {
    write(join(root, 'a', 'x'), finished);
    write(join(root, 'b', 'x'), underWay);
    write(join(root, 'b', 'y'), underWay);
    const names = (...dirs: string[]): string[] => loadReportRuns(dirs).map(({ name }) => name);
    expect(names(join(root, 'a', 'x'), join(root, 'b', 'y/'))).toEqual(['x', 'y']);
    expect(names(join(root, 'a', 'x'), join(root, 'b', 'x'))).toEqual([
      join(root, 'a', 'x'),
      join(root, 'b', 'x'),
    ]);
  });
});
