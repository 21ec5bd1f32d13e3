import { describe, expect, it } from 'vitest';
import type { BenchRow } from '../report.ts';
import { peakResult } from './kernels.ts';
import { withPercentOfPeak } from './run-peak.ts';

function row(op: string, variant: string, gflops: number, impl: BenchRow['impl'] = 'nibble'): BenchRow {
  const times = { msMin: 1, msMedian: 1, msMax: 1 };
  return { backend: 'webgpu', op, shape: [], impl, variant, exact: true, gflops, ...times };
}

describe('peakResult', () => {
  it('comes back to the start in f32', () => {
    expect(peakResult('f32', 2, 7)).toBe(16 * 2 + 120);
  });
  it('is the iterated dot product with bytes 2, 3, -1, 1', () => {
    const x = new Int32Array(1);
    const bytes = new Int8Array(x.buffer);
    let sum = 0;
    for (let start = 5; start < 21; start++) {
      x[0] = start;
      for (let step = 0; step < 3 * 8; step++) x[0] += 2 * bytes[0]! + 3 * bytes[1]! - bytes[2]! + bytes[3]!;
      sum += x[0];
    }
    expect(peakResult('dot4I8', 5, 3)).toBe(sum & 0xffff);
    expect(peakResult('dot4I8', 5, 0)).toBe(200);
  });
});

describe('withPercentOfPeak', () => {
  const peaks = [row('peak.f32', 'registers', 200), row('peak.dot4I8', 'registers', 1000)];
  it('compares FP4 with the faster peak, f32 with its own, and peers with none', () => {
    const rows = [
      row('gemm.fwd', 'fp4', 500),
      row('gemm.fwd', 'f32', 100),
      row('gemm.fwd', 'W[K,N]', 50, 'tfjs'),
    ];
    expect(withPercentOfPeak(rows, peaks).map(({ percentOfPeak }) => percentOfPeak)).toEqual([
      50,
      50,
      undefined,
    ]);
    expect(withPercentOfPeak(rows, [])).toEqual(rows);
  });
});
