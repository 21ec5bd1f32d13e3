import { grads, memory, profile, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { blockMatMulReference } from '../fp4-block-matmul/reference.ts';
import type { BlockScaledArray } from '../fp4-block-matmul/reference.ts';
import { dequantizeReference } from '../fp4-dequantize/reference.ts';
import { f32MatMulInOrder } from '../f32-matmul/f32-order.ts';
import { quantizeReference } from '../fp4-quantize/reference.ts';
import type { Fp4LinearOptions } from './fp4-linear.ts';
import { fp4Linear } from './fp4-linear.ts';

const [M, K, N] = [13, 75, 7];
const x = normalFloats(M * K, 1);
const w = normalFloats(N * K, 2);
const dy = normalFloats(M * N, 3);

const CASES = [
  { granularity: { block: 16 }, scale: 'e4m3', rounding: 'nearestEven' },
  { granularity: { block: 32 }, scale: 'e8m0Floor', rounding: 'stochastic', seed: 2 ** 32 - 1 },
  { granularity: { block: 64 }, scale: 'exact', rounding: 'stochastic', seed: 5 },
] as const;

describe.each(testBackends)('fp4Linear with scales of blocks on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(CASES)(
    'gives the bits of the references, forward and backward: $scale $rounding',
    async (options) => {
      const [xq, wq] = [quantized(x, M, options, 2), quantized(w, N, options, 3)];
      await expectNoLeaks(async () => {
        const [xMK, wNK, dyMN] = [tensor2d(x, [M, K]), tensor2d(w, [N, K]), tensor2d(dy, [M, N])];
        const y = fp4Linear(xMK, wNK, options);
        expect(bitsOf(await readFloats(y))).toEqual(
          bitsOf(blockMatMulReference(xq, wq, options.granularity.block)),
        );
        const gradients = grads((a, b) => fp4Linear(a as Tensor2D, b as Tensor2D, options));
        const [dx, dw] = gradients([xMK, wNK], dyMN) as [Tensor, Tensor];
        const dxShape = { m: M, n: K, k: N, transposeA: false, transposeB: false };
        const dwShape = { m: N, n: K, k: M, transposeA: true, transposeB: false };
        expect(bitsOf(await readFloats(dx))).toEqual(
          bitsOf(f32MatMulInOrder(dy, decoded(wq, options), dxShape)),
        );
        expect(bitsOf(await readFloats(dw))).toEqual(
          bitsOf(f32MatMulInOrder(dy, decoded(xq, options), dwShape)),
        );
        for (const t of [xMK, wNK, dyMN, y, dx, dw]) t.dispose();
      });
    },
  );

  it('runs the block kernels and nothing else of the kind', async () => {
    const [xMK, wNK] = [tensor2d(x, [M, K]), tensor2d(w, [N, K])];
    const { kernels } = await profile(() => {
      const gradients = grads((a, b) => fp4Linear(a as Tensor2D, b as Tensor2D, CASES[0]));
      for (const t of gradients([xMK, wNK])) t.dispose();
    });
    const names = kernels
      .map(({ name }) => name)
      .filter((name) => /MatMul|quantize|Transpose|Einsum/i.test(name));
    expect(names).toEqual([
      'Fp4Quantize',
      'Fp4Quantize',
      'Fp4BlockMatMul',
      'Fp4BlockMatMulDx',
      'Fp4BlockMatMulDw',
    ]);
    for (const t of [xMK, wNK]) t.dispose();
  });

  it('keeps packed codes and packed scales for the backward pass', () => {
    const [m, k] = [64, 128];
    const [xMK, wNK] = [tensor2d(normalFloats(m * k, 1), [m, k]), tensor2d(normalFloats(8 * k, 2), [8, k])];
    const before = memory().numBytes;
    let kept = 0;
    const gradients = grads((a: Tensor, b: Tensor) => {
      const y = fp4Linear(a as Tensor2D, b as Tensor2D, CASES[0]);
      kept = memory().numBytes - before - m * 8 * 4;
      return y;
    })([xMK, wNK]);
    // NVFP4: 4.5 bits a value, and a float32 for each tensor.
    expect(kept).toBe(((m + 8) * k * 9) / 16 + 2 * 4);
    for (const t of [...gradients, xMK, wNK]) t.dispose();
  });

  it('refuses a rounded gradient and bad options under its own name', () => {
    const [xMK, wNK] = [tensor2d(x, [M, K]), tensor2d(w, [N, K])];
    expect(() => fp4Linear(xMK, wNK, { granularity: { block: 16 }, gradient: 'nvfp4', seed: 1 })).toThrow(
      "fp4Linear: gradient must be 'f32' with an operand that is scaled by blocks, but got 'nvfp4'",
    );
    expect(() => fp4Linear(xMK, wNK, { granularity: { block: 12 } })).toThrow(
      'fp4Linear: a block must have a multiple of 8 columns, 16 or 32 for example, but got 12',
    );
    expect(() => fp4Linear(xMK, wNK, { rounding: 'stochastic' })).toThrow(
      "fp4Linear: rounding 'stochastic' must come with a seed, but got none",
    );
    for (const t of [xMK, wNK]) t.dispose();
  });
});

type BlockOptions = Fp4LinearOptions & { readonly granularity: { readonly block: number } };

function quantized(
  values: Float32Array,
  rows: number,
  options: BlockOptions,
  offset: number,
): BlockScaledArray {
  const { granularity, seed = 0, ...rest } = options;
  const arrays = quantizeReference(values, rows, K, granularity, { ...rest, seed: (seed + offset) >>> 0 });
  const { words, scales } = arrays;
  return { words, rows, scales, rowScales: Math.ceil(K / granularity.block), step: 1 };
}

function decoded({ words, scales, rows }: BlockScaledArray, { granularity }: BlockOptions): Float32Array {
  return dequantizeReference(words, scales, rows, K, granularity);
}
