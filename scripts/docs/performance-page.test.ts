import { describe, expect, it } from 'vitest';
import type { BenchReport, BenchRow } from '../../bench/src/report.ts';
import { performancePage, readResults } from './performance-page.ts';

const row: BenchRow = {
  backend: 'wasm',
  op: 'step',
  shape: [8, 128],
  impl: 'nibble',
  variant: 'f32',
  exact: false,
  msMin: 1,
  msMedian: 1234.5,
  msMax: 3,
};
const report = {
  adapter: 'wasm: a CPU',
  backend: 'wasm',
  date: '2026-11-22T00:00:00Z',
  notices: [],
  versions: { node: '24.0.0' },
  rows: [row, { ...row, shape: [16, 128], msMedian: 9.876 }],
  ratios: { 'wasm.step.f32': 2.5 },
  checks: { 'step.occDge': { value: 1.1, atMost: 1.25 } },
} as unknown as BenchReport;

describe('performancePage', () => {
  it('shows times by shape, a chart, ratios and bounds', () => {
    const { text, charts } = performancePage([{ name: 'step_wasm', report }]);
    expect(text).toContain('| ms | 8 × 128 | 16 × 128 |');
    expect(text).toContain('| Nibble, f32 | 1,235 | 9.88 |');
    expect(text).toContain('| `wasm.step.f32` | 2.50 | |');
    expect(text).toContain('| `step.occDge` | 1.10 | 1.25 |');
    expect(charts.get('step_wasm-step.svg')).toContain('9.88');
  });
  it('refuses a row without its measure', () => {
    const broken = { ...report, rows: [{ ...row, op: 'memory' }] };
    expect(() => performancePage([{ name: 'memory', report: broken }])).toThrow(/no bytes/);
  });
  it('shows everything that is stored', () => {
    const results = readResults();
    const { text } = performancePage(results);
    expect(results.length).toBeGreaterThan(0);
    for (const { name } of results) expect(text).toContain(`${name}.json`);
  });
});
