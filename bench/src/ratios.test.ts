import { describe, expect, it } from 'vitest';
import { gemmRatios, weightBytesCheck } from './gemm/ratios.ts';
import type { BenchRow } from './report.ts';
import { stepRatios } from './step/ratios.ts';

function row(op: string, variant: string, rest: Partial<BenchRow>): BenchRow {
  const times = { msMin: 1, msMedian: 2, msMax: 3 };
  return { backend: 'wasm', op, shape: [1, 2, 3], impl: 'nibble', variant, exact: false, ...times, ...rest };
}

describe('gemmRatios', () => {
  const rows = [
    row('gemm.fwd', 'fp4', { ratio: 3 }),
    row('gemm.fwd', 'fp4', { ratio: 2 }),
    row('gemm.fwd', 'f32', { ratio: 0.5 }),
    row('gemm.fwd', 'W[K,N]', { impl: 'tfjs' }),
    row('gemm.dgrad', 'fp4 int8', { ratio: 4 }),
    row('gemm.wgrad', 'fp4 int8', { ratio: 5 }),
    row('gemm.wgrad', 'fp4', { ratio: 6 }),
  ];

  it('takes the smallest over the shapes, of each product in FP4', () => {
    expect(gemmRatios('wasm', rows)).toEqual({
      'wasm.gemm.fwd': 2,
      'wasm.gemm.wgrad': 6,
      'wasm.gemm.dgradInt8': 4,
      'wasm.gemm.wgradInt8': 5,
    });
  });

  it('leaves out another backend', () => {
    expect(gemmRatios('webgpu', rows)).toEqual({});
  });
});

describe('weightBytesCheck', () => {
  it('is the largest over the shapes of packed over f32 bytes', () => {
    const rows = [
      row('gemm.dgrad', 'fp4', { shape: [9, 16, 2], bytes: 2 * 8 + 2 * 4 }),
      row('gemm.dgrad', 'fp4', { shape: [9, 64, 2], bytes: 2 * 32 + 2 * 4 }),
      row('gemm.wgrad', 'fp4', { bytes: 1000 }),
    ];
    expect(weightBytesCheck(rows)).toEqual({ 'gemm.weightBytes': { value: 24 / 128, atMost: 0.14 } });
    expect(weightBytesCheck([row('step', 'f32', {})])).toEqual({});
  });
});

describe('stepRatios', () => {
  it('takes the smallest over the widths, of each recipe', () => {
    const rows = [
      row('step', 'f32', { ratio: 2 }),
      row('step', 'f32', { ratio: 3 }),
      row('step', 'fp4-paper', { ratio: 4 }),
      row('step', 'f32', { impl: 'tfjs' }),
    ];
    expect(stepRatios('wasm', rows)).toEqual({ 'wasm.step.fp4': 4, 'wasm.step.f32': 2 });
  });
});
