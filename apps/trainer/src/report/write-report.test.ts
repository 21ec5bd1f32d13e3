import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { curvesOf } from './curves.ts';
import type { ReportData } from './report-html.ts';
import { writeReport } from './write-report.ts';

let run = '';
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'nibble-report-'));
});
afterEach(() => rmSync(run, { recursive: true }));

const steps = Array.from({ length: 40 }, (_, i) => ({
  step: i + 1,
  loss: 7 - i / 20,
  learningRate: 1e-3,
  gradNorm: 2,
  tokensPerSecond: 900,
}));
const data: ReportData = {
  title: 'tiny <fp4-paper>',
  summary: [{ label: 'Validation loss', value: '4.2131', note: 'nats & tokens' }],
  runs: [curvesOf('this run', [...steps, { step: 40, valLoss: 5.25 }])],
  unigramNats: 5.8,
  gemms: [{ role: 'q', gemm: 'fprop', precision: 'E2M1 × E2M1', kernel: 'dot4', backend: 'webgpu' }],
  sample: { prompt: 'Call me', continuation: ' <script>alert(1)</script>\0"\'' },
  config: { model: 'tiny', data: null, steps: 40 },
  adapter: { vendor: 'mesa' },
  versions: { node: 'v24' },
};
const written = (change: Partial<ReportData> = {}): string =>
  readFileSync(writeReport(run, { ...data, ...change }), 'utf8');

describe('writeReport', () => {
  it('writes one file that shows what it was given', () => {
    const html = written();
    expect(readdirSync(run)).toEqual(['report.html']);
    for (const text of [
      '4.2131',
      'nats &amp; tokens',
      'unigram entropy',
      'E2M1 × E2M1',
      'dot4',
      'mesa',
      'v24',
      'validation: 5.25 at 40',
    ]) {
      expect(html).toContain(text);
    }
    expect(html).toMatch(/<th scope="row">data<\/th><td>default<\/td>/);
    expect(html.match(/<svg/g)).toHaveLength(4);
  });

  it('escapes what a model or a user wrote', () => {
    const html = written();
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;␀&quot;&#39;');
    expect(html).toContain('<h1>tiny &lt;fp4-paper&gt;</h1>');
    expect(html).not.toContain('<script');
  });

  it('asks the network for nothing', () => {
    const html = written();
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/\b(?:src|href)=|url\(|@import|https?:/);
  });

  it('is well-formed: every tag that opens closes', () => {
    const open: string[] = [];
    const mismatched: string[] = [];
    for (const [, close, name, end] of written().matchAll(/<(\/?)([a-z][\da-z]*)\b[^>]*?(\/?)>/g)) {
      if (close === '/' && open.pop() !== name) mismatched.push(name!);
      if (close === '/') continue;
      if (end !== '/' && name !== 'meta') open.push(name!);
    }
    expect({ open, mismatched }).toEqual({ open: [], mismatched: [] });
  });

  it('compares runs, each in its colour', () => {
    const html = written({ runs: [...data.runs, curvesOf('f32', steps)] });
    expect(html).toContain('this run, training');
    expect(html).toContain('f32, training');
    expect(html).toContain('class="line series-2"');
  });

  it('leaves out what there is none of', () => {
    const { sample, unigramNats, ...rest } = data;
    expect([sample, unigramNats]).not.toContain(undefined);
    const html = readFileSync(
      writeReport(run, { ...rest, gemms: [], adapter: {}, runs: [curvesOf('empty', [])] }),
      'utf8',
    );
    expect(html).not.toMatch(/Sample|Precision of|Adapter|<svg/);
  });

  it('stays small for a long run', () => {
    const long = Array.from({ length: 100_000 }, (_, step) => ({
      step,
      loss: 4 + Math.sin(step),
      gradNorm: 1 + (step % 97),
      learningRate: 1e-3,
      tokensPerSecond: 5,
    }));
    expect(written({ runs: [curvesOf('long', long)] }).length).toBeLessThan(200_000);
  });

  it('refuses to draw what is not finite, and keeps the old report', () => {
    const before = written();
    expect(() => written({ runs: [curvesOf('nan', [{ step: 1, loss: Number.NaN }])] })).toThrow(
      /Loss, training, each step must have finite points only, but got NaN at 1/,
    );
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toBe(before);
  });
});
