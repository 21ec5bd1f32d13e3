import type { BenchRow } from '../../bench/src/report.ts';

/** What a row of a benchmark is judged by. */
export interface Metric {
  readonly unit: string;
  readonly value: (row: BenchRow) => number;
  readonly format: (value: number) => string;
  /** Whether a chart of the largest shape says more than the table. */
  readonly isCharted: boolean;
}

/** What a benchmark is about, by its name. */
export const benchTitles: ReadonlyMap<string, string> = new Map([
  ['step', 'A training step'],
  ['memory', 'GPU memory of a training step'],
  ['gemm', 'Matrix products'],
  ['sample', 'Writing text'],
  ['quantize', 'Quantizing on typed arrays'],
  ['fit', 'Fitting scaling laws'],
]);

/** What is measured, in words, by the name of the op. */
export const opTitles: ReadonlyMap<string, string> = new Map([
  ['step', 'A training step'],
  ['memory', 'GPU memory of a training step'],
  ['sample', 'Writing text'],
  ['gemm.fwd', 'Forward product, operands quantized before'],
  ['gemm.fwdWithQuantize', 'Forward product, activations quantized on the way'],
  ['gemm.dgrad', 'Backward product of the input'],
  ['gemm.wgrad', 'Backward product of the weight'],
  ['fit.grid', 'Fitting a law to 240 runs from the full grid of starts'],
  ['fit.bootstrap', '4,000 bootstrap refits'],
  ['peak.f32', 'Peak of float32 multiply-adds'],
  ['peak.dot4I8', 'Peak of dot4I8Packed'],
]);

/** The measure of an op: its time, unless memory or tokens are what it is about. */
export function metricOf(op: string): Metric {
  if (op === 'memory') {
    const mebibytes = (row: BenchRow): number => needed(row, 'bytes') / 2 ** 20;
    return { unit: 'MiB', value: mebibytes, format: (value) => value.toFixed(0), isCharted: true };
  }
  if (op === 'sample') {
    const tokens = (row: BenchRow): number => needed(row, 'tokensPerSecond');
    return { unit: 'tokens a second', value: tokens, format: (value) => value.toFixed(0), isCharted: true };
  }
  if (op.startsWith('fit.')) {
    const cpuTime = (row: BenchRow): number => needed(row, 'cpuMsMedian');
    return { unit: 'ms of CPU time', value: cpuTime, format: (value) => value.toFixed(0), isCharted: false };
  }
  if (op.startsWith('peak.')) {
    const speed = (row: BenchRow): number => needed(row, 'gflops');
    return { unit: 'GFLOP/s', value: speed, format: (value) => value.toFixed(1), isCharted: false };
  }
  return { unit: 'ms', value: ({ msMedian }) => msMedian, format: milliseconds, isCharted: op === 'step' };
}

function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en-US');
}

function needed(row: BenchRow, key: 'bytes' | 'tokensPerSecond' | 'cpuMsMedian' | 'gflops'): number {
  const value = row[key];
  if (value === undefined) throw new Error(`a row of ${row.op} (${row.impl}, ${row.variant}) has no ${key}`);
  return value;
}
