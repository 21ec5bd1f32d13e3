import { describe, expect, it } from 'vitest';
import { gemmRatios, weightBytesCheck } from './gemm/ratios.ts';
import type { BenchRow, Impl } from './report.ts';
import { stepCountChecks, stepTimeChecks } from './step/checks.ts';
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
  it('takes the smallest over the widths, of each variant, and the largest cost', () => {
    const rows = [
      row('step', 'f32', { ratio: 2 }),
      row('step', 'f32', { ratio: 3 }),
      row('step', 'fp4-paper, f32 gradients', { ratio: 4, overOwnF32: 1.5 }),
      row('step', 'fp4-paper, f32 gradients', { ratio: 5, overOwnF32: 1.4 }),
      row('step', 'fp4-paper', { ratio: 6, overDirect: 1.1 }),
      row('step', 'fp4-paper', { ratio: 6, overDirect: 1.2 }),
      row('step', 'f32', { impl: 'tfjs' }),
    ];
    expect(stepRatios('wasm', rows)).toEqual({
      'wasm.step.fp4': 4,
      'wasm.step.f32': 2,
      'wasm.step.fp4OverOwnF32': 1.4,
      'wasm.step.occDge': 1.2,
    });
  });
});

describe('stepCountChecks', () => {
  const counted = (shape: readonly number[], impl: Impl, dispatches: number, late = 0): BenchRow =>
    row('step', 'f32', { shape, impl, dispatches, readbacks: 1, dispatchesAfterReadback: late });

  it('holds our dispatches to those of stock tfjs of the same shape', () => {
    const rows = [
      counted([1], 'nibble', 10),
      counted([1], 'nibble', 20, 3),
      counted([1], 'tfjs', 200),
      counted([1], 'jax-js', 1),
      counted([2], 'nibble', 30),
      counted([2], 'tfjs', 100, 7),
    ];
    expect(stepCountChecks(rows)).toEqual({
      'webgpu.step.dispatches': { value: 0.3, atMost: 0.2 },
      'webgpu.step.readbacks': { value: 1, atMost: 1 },
      'webgpu.step.dispatchesAfterReadback': { value: 3, atMost: 0 },
    });
  });

  it('has nothing to say where nothing was counted', () => {
    expect(stepCountChecks([row('step', 'f32', {})])).toEqual({});
  });
});

it('stepTimeChecks holds the cost of OCC and DGE to a quarter', () => {
  expect(stepTimeChecks({ 'wasm.step.occDge': 1.3, 'wasm.step.f32': 1 })).toEqual({
    'wasm.step.occDge': { value: 1.3, atMost: 1.25 },
  });
});
