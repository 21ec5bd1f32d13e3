import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';
import type { BenchRow } from './report.ts';
import { runBench } from './run-bench.ts';
import { formatReport } from './table.ts';

const positive = (value: number): boolean => value > 0 && Number.isFinite(value);

function isRow(row: BenchRow): boolean {
  return (
    row.backend === 'wasm' &&
    ['nibble', 'tfjs', 'jax-js'].includes(row.impl) &&
    row.shape.every(positive) &&
    [row.msMin, row.msMedian, row.msMax, row.gflops ?? 0].every(positive) &&
    row.msMin <= row.msMedian &&
    row.msMedian <= row.msMax
  );
}

describe('bench --quick on wasm', () => {
  it('reports matrix products, checked against each other', async () => {
    const lines: string[] = [];
    const report = await runBench(parseCommandLine(['gemm', '--quick', '--backend', 'wasm']), (text) =>
      lines.push(text),
    );
    expect(Object.keys(report)).toEqual([
      'adapter',
      'backend',
      'date',
      'vnni',
      'notices',
      'versions',
      'rows',
      'ratios',
      'checks',
    ]);
    expect(report.backend).toBe('wasm');
    expect(new Date(report.date).toISOString()).toBe(report.date);
    expect(report.versions['@jax-js/jax']).toBe('0.1.25');
    expect(report.rows.every(isRow)).toBe(true);
    expect(report.rows.filter(({ exact }) => exact).map(({ op, variant }) => `${op} ${variant}`)).toEqual([
      'gemm.fwd fp4',
      'gemm.fwd fp4 simd128',
      'gemm.fwdWithQuantize fp4',
      'gemm.dgrad fp4',
      'gemm.dgrad fp4 int8',
      'gemm.wgrad fp4',
      'gemm.wgrad fp4 int8',
    ]);
    const ours = report.rows.filter(({ impl }) => impl === 'nibble');
    expect(ours.every(({ ratio = 0 }) => positive(ratio))).toBe(true);
    // [128, 128, 96] with a scale per row: 16 words a row and the scale, of X, of W, or of both.
    expect(ours.filter(({ variant }) => variant === 'fp4').map(({ bytes }) => bytes)).toEqual([
      4 * 17 * (128 + 96),
      4 * 17 * (128 + 96),
      4 * 17 * 96,
      4 * 17 * 128,
    ]);
    expect(report.checks).toEqual({ 'gemm.weightBytes': { value: 17 / 128, atMost: 0.14 } });
    expect(Object.keys(report.ratios)).toEqual(
      ['fwd', 'fwdWithQuantize', 'fwdSimd128', 'dgrad', 'wgrad', 'dgradInt8', 'wgradInt8'].map(
        (name) => `wasm.gemm.${name}`,
      ),
    );
    expect(Object.values(report.ratios).every(positive)).toBe(true);
    expect(formatReport(report)).toContain('wasm.gemm.fwdSimd128');
    expect(lines.at(-1)).toBe('');
  });

  it('reports training steps whose losses agree', async () => {
    const report = await runBench(
      parseCommandLine(['step', '--quick', '--backend', 'wasm']),
      () => undefined,
    );
    expect(report.rows.every(isRow)).toBe(true);
    expect(report.rows.map(({ impl, variant }) => `${impl} ${variant}`)).toEqual([
      'nibble f32',
      'nibble fp4-paper',
      'nibble fp4-paper, f32 gradients',
      'nibble fp4-paper, int8 gradients',
      'nibble fp4-direct',
      'tfjs f32',
      'jax-js f32',
    ]);
    expect(Object.keys(report.ratios)).toEqual(
      ['fp4', 'fp4Int8', 'f32', 'fp4OverOwnF32', 'occDge'].map((name) => `wasm.step.${name}`),
    );
    expect(Object.values(report.ratios).every(positive)).toBe(true);
    expect(report.checks).toEqual({});
  });
});

describe('bench quantize --quick', () => {
  it('reports millions of values a second of checked codes', async () => {
    const report = await runBench(parseCommandLine(['quantize', '--quick']), () => undefined);
    expect(report.backend).toBe('cpu');
    expect(report.ratios).toEqual({});
    expect(report.rows.map(({ variant }) => variant)).toEqual([
      'vector e2m1',
      'block 32 e8m0',
      'nvfp4',
      'vector e2m1 stochastic',
    ]);
    for (const { exact, shape, msMin, msMedian, msMax, megavaluesPerSecond = 0 } of report.rows) {
      expect(exact).toBe(true);
      expect(positive(msMin) && msMin <= msMedian && msMedian <= msMax).toBe(true);
      expect(megavaluesPerSecond).toBeCloseTo((shape[0]! * shape[1]!) / msMedian / 1e3, 6);
    }
    expect(formatReport(report)).toMatch(/nvfp4 .* M values\/s  exact$/m);
  });
});

it('bench memory --quick reports bytes of steps whose losses agree', async () => {
  const report = await runBench(parseCommandLine(['memory', '--quick']), () => undefined);
  expect(report.rows.map(({ impl, variant }) => `${impl} ${variant}`)).toEqual([
    'tfjs f32',
    'nibble f32',
    'nibble fp4-paper',
    'nibble fp4-paper, block checkpointing',
  ]);
  for (const { bytes = 0, bytesUsed = 0 } of report.rows) {
    expect(bytesUsed).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThanOrEqual(bytesUsed);
  }
  expect(Object.keys(report.ratios)).toEqual(['memory.fp4', 'memory.fp4Checkpointing']);
  expect(report.ratios['memory.fp4']).toBeLessThanOrEqual(report.checks['memory.fp4']!.atMost);
  expect(formatReport(report)).toMatch(/tfjs .* MB allocated, .* MB in use/);
}, 120_000);

it('bench sample --quick reports tokens that are the same with a cache and without', async () => {
  const { backend, rows, ratios, ...report } = await runBench(
    parseCommandLine(['sample', '--quick']),
    () => undefined,
  );
  expect(backend).toBe('wasm');
  expect(rows.map(({ variant }) => variant)).toEqual([
    'f32, cached',
    'f32, recomputed',
    'fp4-paper, cached',
    'fp4-paper, recomputed',
  ]);
  for (const { msMin, msMedian, msMax, tokensPerSecond = 0 } of rows) {
    expect(positive(msMin) && msMin <= msMedian && msMedian <= msMax).toBe(true);
    expect(tokensPerSecond).toBeCloseTo(1e3 / msMedian, 6);
  }
  expect(Object.keys(ratios)).toEqual(['wasm.sample.f32', 'wasm.sample.fp4']);
  expect(ratios['wasm.sample.f32']).toBe(rows[0]!.overRecomputed);
  expect(formatReport({ backend, rows, ratios, ...report })).toMatch(
    /cached .* tokens\/s .*times as fast as without a cache/,
  );
});

it('bench tiles --quick reports tiles whose sums are right', async () => {
  const { backend, rows, adapter } = await runBench(parseCommandLine(['tiles', '--quick']), () => undefined);
  expect(backend).toBe('cpu');
  expect(adapter).toMatch(/^cpu: .*one thread, Node/);
  expect(rows).toHaveLength(20);
  expect(rows.map(({ variant }) => variant)).toContain('int8 6x8 unrolled 2');
  expect(rows.every(({ exact, gflops = 0 }) => exact && positive(gflops))).toBe(true);
});
