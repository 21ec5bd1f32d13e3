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
import { matMulReference } from '../fp4-matmul/reference.ts';
import { dequantizeReference } from '../fp4-dequantize/reference.ts';
import { quantizeReference } from '../fp4-quantize/reference.ts';
import { GRADIENT_FORMATS } from '../gradient/options.ts';
import { gradientProductReference } from '../gradient/reference.ts';
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

  it.each(
    GRANULARITIES.flatMap((granularity) => GRADIENT_FORMATS.map((gradient) => ({ granularity, gradient }))),
  )(
    'passes dY W_q and dYᵀ X_q straight through, granularity $granularity, gradient $gradient',
    async ({ granularity, gradient }) => {
      // The seed of dW follows that of dX, also around 2^32.
      const seed = 2 ** 32 - 1;
      const [qx, qw] = [quantizeReference(x, M, K, granularity), quantizeReference(w, N, K, granularity)];
      const attrs = { cols: K, gradient };
      const dxExpected = gradientProductReference(dy, M, N, { ...qw, rows: N }, 'dx', { ...attrs, seed });
      const dwExpected = gradientProductReference(dy, M, N, { ...qx, rows: M }, 'dw', { ...attrs, seed: 0 });
      await expectNoLeaks(async () => {
        const [xMK, wNK, dyMN] = uploads();
        const gradients = grads((a, b) =>
          fp4Linear(a as Tensor2D, b as Tensor2D, { granularity, gradient, seed }),
        );
        const [dx, dw] = gradients([xMK, wNK], dyMN) as [Tensor, Tensor];
        expect(bitsOf(await readFloats(dx))).toEqual(bitsOf(dxExpected));
        expect(bitsOf(await readFloats(dw))).toEqual(bitsOf(dwExpected));
        for (const t of [xMK, wNK, dyMN, dx, dw]) t.dispose();
      });
    },
  );

  it('has the derivatives of the product of the decoded operands', async () => {
    const [qx, qw] = [dequantized(x, M, 'vector'), dequantized(w, N, 'vector')];
    await expectNoLeaks(async () => {
      const [xMK, wNK, dyMN] = uploads();
      const [dx, dw] = grads(linear)([xMK, wNK], dyMN) as [Tensor, Tensor];
      // <dY, X_q W_qᵀ> is linear in X_q: the step of 1 from X_q[m, k] is its derivative.
      const loss = (xs: Float32Array, ws: Float32Array): number => {
        let sum = 0;
        for (let m = 0; m < M; m++) {
          for (let n = 0; n < N; n++) {
            for (let k = 0; k < K; k++) sum += dy[m * N + n]! * xs[m * K + k]! * ws[n * K + k]!;
          }
        }
        return sum;
      };
      const stepped = (values: Float32Array, i: number): Float32Array =>
        Float32Array.from(values, (value, j) => (j === i ? value + 1 : value));
      const [dxValues, dwValues] = [await readFloats(dx), await readFloats(dw)];
      for (const i of [0, 31, M * K - 1])
        expect(dxValues[i]).toBeCloseTo(loss(stepped(qx, i), qw) - loss(qx, qw), 3);
      for (const i of [0, 31, N * K - 1])
        expect(dwValues[i]).toBeCloseTo(loss(qx, stepped(qw, i)) - loss(qx, qw), 3);
      for (const t of [xMK, wNK, dyMN, dx, dw]) t.dispose();
    });
  });

  it('asks for the seed that the gradient needs before it quantizes', () => {
    const [xMK, wNK, dyMN] = uploads();
    expect(() => fp4Linear(xMK, wNK, { gradient: 'int8' })).toThrow(
      "fp4Linear: seed must be given for gradient 'int8', which rounds stochastically; pass a new one at each step",
    );
    for (const t of [xMK, wNK, dyMN]) t.dispose();
  });

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
