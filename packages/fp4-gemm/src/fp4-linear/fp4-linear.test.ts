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
import { firstBoundViolation } from '../f32-matmul/error-bound.ts';
import { matMulReference } from '../fp4-matmul/reference.ts';
import { dequantizeReference } from '../fp4-dequantize/reference.ts';
import { quantizeReference } from '../fp4-quantize/reference.ts';
import { fp4Linear } from './fp4-linear.ts';

const [M, K, N] = [13, 29, 7];
const x = normalFloats(M * K, 1);
const w = normalFloats(N * K, 2);
const dy = normalFloats(M * N, 3);
const GRANULARITIES = ['vector', 'tensor'] as const;

function uploads(): [Tensor2D, Tensor2D, Tensor2D] {
  return [tensor2d(x, [M, K]), tensor2d(w, [N, K]), tensor2d(dy, [M, N])];
}

function linear(a: Tensor, b: Tensor): Tensor {
  return fp4Linear(a as Tensor2D, b as Tensor2D);
}

describe.each(testBackends)('fp4Linear on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(GRANULARITIES)('gives the bits of the reference, granularity %s', async (granularity) => {
    const y = await expectNoLeaks(async () => {
      const [xMK, wNK, dyMN] = uploads();
      const yMN = fp4Linear(xMK, wNK, { granularity });
      const values = (await readFloats(yMN)).slice();
      for (const t of [xMK, wNK, dyMN, yMN]) t.dispose();
      return values;
    });
    const [qx, qw] = [quantizeReference(x, M, K, granularity), quantizeReference(w, N, K, granularity)];
    expect(bitsOf(y)).toEqual(bitsOf(matMulReference({ ...qx, rows: M }, { ...qw, rows: N })));
  });

  it.each(GRANULARITIES)(
    'passes dY W_q and dYᵀ X_q straight through, granularity %s',
    async (granularity) => {
      const xq = dequantized(x, M, granularity);
      const wq = dequantized(w, N, granularity);
      await expectNoLeaks(async () => {
        const [xMK, wNK, dyMN] = uploads();
        const gradients = grads((a, b) => fp4Linear(a as Tensor2D, b as Tensor2D, { granularity }));
        const [dx, dw] = gradients([xMK, wNK], dyMN) as [Tensor, Tensor];
        const dxShape = { m: M, n: K, k: N, transposeA: false, transposeB: false };
        const dwShape = { m: N, n: K, k: M, transposeA: true, transposeB: false };
        expect(firstBoundViolation(await readFloats(dx), dy, wq, dxShape)).toBeUndefined();
        expect(firstBoundViolation(await readFloats(dw), dy, xq, dwShape)).toBeUndefined();
        for (const t of [xMK, wNK, dyMN, dx, dw]) t.dispose();
      });
    },
  );

  it('runs the kernels Fp4Quantize and Fp4MatMul and nothing else forward', async () => {
    const [xMK, wNK, dyMN] = uploads();
    const { kernelNames, result } = await profile(() => fp4Linear(xMK, wNK));
    const kernels = (await profile(() => fp4Linear(xMK, wNK).dispose())).kernels.map(({ name }) => name);
    expect(kernels).toEqual(['Fp4Quantize', 'Fp4Quantize', 'Fp4MatMul']);
    expect(kernelNames.toSorted()).toEqual(['Fp4MatMul', 'Fp4Quantize']);
    for (const t of [xMK, wNK, dyMN, result as Tensor]) t.dispose();
  });

  it('runs Fp4MatMulDx and Fp4MatMulDw backward, and no product in float32', async () => {
    const [xMK, wNK, dyMN] = uploads();
    const { kernels } = await profile(() => {
      for (const t of grads(linear)([xMK, wNK], dyMN)) t.dispose();
    });
    const names = kernels
      .map(({ name }) => name)
      .filter((name) => /MatMul|Quantize|Transpose|Einsum/i.test(name));
    expect(names).toEqual(['Fp4Quantize', 'Fp4Quantize', 'Fp4MatMul', 'Fp4MatMulDx', 'Fp4MatMulDw']);
    for (const t of [xMK, wNK, dyMN]) t.dispose();
  });

  it('keeps the packed codes for the backward pass, not the float32 activations', () => {
    const [m, k] = [64, 128];
    const wNK = tensor2d(normalFloats(8 * k, 2), [8, k]);
    const xMK = tensor2d(normalFloats(m * k, 1), [m, k]);
    const before = memory().numBytes;
    let kept = 0;
    const gradients = grads((a: Tensor, b: Tensor) => {
      const y = linear(a, b);
      // What the tape holds of X and W beside the result: codes of 4 bits and a float32 scale per row.
      kept = memory().numBytes - before - m * 8 * 4;
      return y;
    })([xMK, wNK]);
    expect(kept).toBe(((m + 8) * k) / 2 + (m + 8) * 4);
    for (const t of [...gradients, xMK, wNK]) t.dispose();
  });

  it('refuses operands that do not fit before it quantizes them', () => {
    const a = tensor2d([1, 2], [1, 2]);
    const b = tensor2d([1, 2, 3], [1, 3]);
    expect(() => fp4Linear(a, b)).toThrow(
      'fp4Linear: columns of x and columns of w must agree, but got 2 and 3',
    );
    a.dispose();
    b.dispose();
  });
});

function dequantized(values: Float32Array, rows: number, granularity: 'vector' | 'tensor'): Float32Array {
  const { words, scales } = quantizeReference(values, rows, K, granularity);
  return dequantizeReference(words, scales, rows, K, granularity);
}
