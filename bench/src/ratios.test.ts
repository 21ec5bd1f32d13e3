import { describe, expect, it } from 'vitest';
import { gemmRatios } from './gemm/ratios.ts';
import type { BenchRow } from './report.ts';
import { stepRatios } from './step/ratios.ts';

function row(op: string, shape: number[], impl: BenchRow['impl'], variant: string, ms: number): BenchRow {
  const times = { msMin: ms / 2, msMedian: ms, msMax: 2 * ms };
  return { backend: 'wasm', op, shape, impl, variant, exact: false, gflops: 1, ...times };
}

describe('gemmRatios', () => {
  const rows = [
    row('gemm.fwd', [1, 2, 3], 'nibble', 'fp4', 2),
    row('gemm.fwd', [1, 2, 3], 'nibble', 'f32', 1),
    row('gemm.fwd', [1, 2, 3], 'tfjs', 'a', 8),
    row('gemm.fwd', [1, 2, 3], 'jax-js', 'a', 6),
    row('gemm.fwd', [4, 5, 6], 'nibble', 'fp4', 10),
    row('gemm.fwd', [4, 5, 6], 'tfjs', 'a', 20),
    row('gemm.fwd', [4, 5, 6], 'jax-js', 'a', 40),
    row('gemm.fwdWithQuantize', [1, 2, 3], 'nibble', 'fp4', 12),
  ];

  it('compares FP4 with the fastest peer at each shape and takes the smallest', () => {
    expect(gemmRatios('wasm', rows)).toEqual({ 'wasm.gemm.fwd': 2, 'wasm.gemm.fwdWithQuantize': 0.5 });
  });

  it('leaves out another backend', () => {
    expect(gemmRatios('webgpu', rows)).toEqual({});
  });

  it('refuses rows without a peer', () => {
    expect(() => gemmRatios('wasm', rows.slice(0, 2))).toThrow(/there must be a peer's row/);
  });
});

describe('stepRatios', () => {
  it('takes the smallest over the widths, of each recipe', () => {
    const rows = [
      row('step', [8, 128, 4, 128], 'nibble', 'f32', 10),
      row('step', [8, 128, 4, 128], 'nibble', 'fp4-paper', 5),
      row('step', [8, 128, 4, 128], 'tfjs', 'f32', 40),
      row('step', [8, 128, 4, 128], 'jax-js', 'f32', 20),
      row('step', [8, 128, 4, 256], 'nibble', 'f32', 10),
      row('step', [8, 128, 4, 256], 'nibble', 'fp4-paper', 10),
      row('step', [8, 128, 4, 256], 'tfjs', 'f32', 30),
      row('step', [8, 128, 4, 256], 'jax-js', 'f32', 50),
    ];
    expect(stepRatios('wasm', rows)).toEqual({ 'wasm.step.fp4': 3, 'wasm.step.f32': 2 });
  });
});
