import { describe, expect, it } from 'vitest';
import type { GemmTask } from './contest/task.ts';
import { operandsOf, sampleRows } from './gemm/operands.ts';
import { exactGradientRows } from './gemm/gradient-reference.ts';
import { exactFp4Rows, expectedRows } from './gemm/reference.ts';
import { verifier } from './gemm/verify.ts';
import { lossVerifier } from './step/verify-losses.ts';

const shape = [5, 16, 3] as const;
const forward: GemmTask = { kind: 'gemm', op: 'fwd', shape };
const operands = operandsOf(shape);

describe('gemm verifier', () => {
  it('accepts the bits of the FP4 reference and refuses the next float', async () => {
    const values = exactFp4Rows(forward, operands);
    const verify = await verifier(forward, operands);
    verify.check('nibble', 'fp4', values);
    expect([...verify.exact]).toEqual(['nibble fp4']);
    new Uint32Array(values.buffer)[4]!++;
    expect(() => verify.check('nibble', 'fp4', values)).toThrow(/sampled element 4 must be/);
  });

  it.each(['fwd', 'dgrad', 'wgrad'] as const)(
    'refuses an f32 result of %s outside its error bound',
    async (op) => {
      const task: GemmTask = { kind: 'gemm', op, shape };
      const { values, bounds } = expectedRows(task, operands);
      const rounded = Float32Array.from(values);
      const verify = await verifier(task, operands);
      verify.check('tfjs', 'any', rounded);
      rounded[1] = values[1]! + 2 * bounds[1]!;
      expect(() => verify.check('tfjs', 'any', rounded)).toThrow(/sampled element 1 must be within/);
      rounded[1] = NaN;
      expect(() => verify.check('jax-js', 'any', rounded)).toThrow(/got NaN/);
      expect(() => verify.check('tfjs', 'any', rounded.subarray(1))).toThrow(/there must be/);
    },
  );

  it.each(['dgrad', 'wgrad'] as const)(
    'holds %s in FP4 to the bits, for each kind of gradient',
    async (op) => {
      const task: GemmTask = { kind: 'gemm', op, shape };
      const verify = await verifier(task, operands);
      const [f32, int8] = [
        await exactGradientRows(task, operands, 'f32'),
        await exactGradientRows(task, operands, 'int8'),
      ];
      verify.check('nibble', 'fp4', f32);
      verify.check('nibble', 'fp4 int8', int8);
      expect(() => verify.check('nibble', 'fp4', int8)).toThrow(/sampled element \d+ must be/);
      expect(() => verify.check('nibble', 'fp4 int8', f32)).toThrow(/sampled element \d+ must be/);
      expect(() => verify.check('nibble', 'fp4', f32.subarray(1))).toThrow(/there must be/);
    },
  );

  it('computes products as written on paper', () => {
    const [m, k, n] = [2, 2, 2];
    const small = {
      xMK: Float32Array.of(1, 2, 3, 4),
      wNK: Float32Array.of(5, 6, 7, 8),
      dyMN: Float32Array.of(1, 0, 2, 1),
    };
    const values = (op: GemmTask['op']): number[] => [
      ...expectedRows({ kind: 'gemm', op, shape: [m, k, n] }, small).values,
    ];
    expect(values('fwd')).toEqual([17, 23, 39, 53]);
    expect(values('dgrad')).toEqual([5, 6, 17, 20]);
    expect(values('wgrad')).toEqual([7, 10, 3, 4]);
  });
});

it('sampleRows takes the first, the last and two between', () => {
  const matrix = Float32Array.from({ length: 14 }, (_, i) => i);
  expect([...sampleRows(matrix, 7, 2)]).toEqual([0, 1, 4, 5, 8, 9, 12, 13]);
});

describe('lossVerifier', () => {
  it('holds f32 to a thousandth and FP4 to a tenth of the first losses', () => {
    const verify = lossVerifier();
    verify('nibble', 'f32', Float32Array.of(6, 5));
    verify('nibble', 'fp4-paper', Float32Array.of(6.05, 5.05));
    verify('tfjs', 'f32', Float32Array.of(6.0005, 5));
    expect(() => verify('jax-js', 'f32', Float32Array.of(6, 5.002))).toThrow(/losses of jax-js \(f32\)/);
    expect(() => verify('nibble', 'fp4-paper', Float32Array.of(6, 5.2))).toThrow(/within 0.1/);
    expect(() => verify('tfjs', 'f32', Float32Array.of(6, NaN))).toThrow(/within 0.001/);
    expect(() => verify('tfjs', 'f32', Float32Array.of(6))).toThrow(/within 0.001/);
  });

  it('refuses a first result that is not a number', () => {
    expect(() => lossVerifier()('nibble', 'f32', Float32Array.of(NaN))).toThrow(/within/);
  });
});
