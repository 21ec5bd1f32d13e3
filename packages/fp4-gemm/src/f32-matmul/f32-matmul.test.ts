import { grads, tensor2d } from '@tensorflow/tfjs-core';
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
import { firstBoundViolation } from './error-bound.ts';
import type { BoundViolation } from './error-bound.ts';
import { f32Linear } from './f32-linear.ts';
import { f32MatMul } from './f32-matmul.ts';
import type { MatMulShape } from './reference.ts';

const MKN = [
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0],
  [1, 1, 1],
  [1, 7, 1],
  [2, 8, 3],
  [1, 9, 8],
  [7, 16, 9],
  [13, 31, 17],
  [5, 40, 37],
  [17, 129, 11],
  [64, 64, 64],
  [3, 1031, 5],
  [20, 800, 19],
  [300, 24, 70],
] as const;
const LAYOUTS = [
  ['NN', false, false],
  ['NT', false, true],
  ['TN', true, false],
  ['TT', true, true],
] as const;

/** Where a product lies outside its bound, if anywhere. */
async function violation(
  actual: Tensor,
  a: Float32Array,
  b: Float32Array,
  shape: MatMulShape,
): Promise<BoundViolation | undefined> {
  return firstBoundViolation(await readFloats(actual), a, b, shape);
}

function linear(a: Tensor, b: Tensor): Tensor {
  return f32Linear(a as Tensor2D, b as Tensor2D);
}

describe.each(testBackends)('f32MatMul on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(LAYOUTS)(
    '%s is within the bound at any size, and the same twice',
    async (_name, transposeA, transposeB) => {
      for (const [m, k, n] of MKN) {
        await expectNoLeaks(async () => {
          const [a, b] = [normalFloats(m * k, m + k), normalFloats(k * n, k + n + 7)];
          const aT = tensor2d(a, transposeA ? [k, m] : [m, k]);
          const bT = tensor2d(b, transposeB ? [n, k] : [k, n]);
          const [c, again] = [
            f32MatMul(aT, bT, { transposeA, transposeB }),
            f32MatMul(aT, bT, { transposeA, transposeB }),
          ];
          expect(c.shape).toEqual([m, n]);
          expect(await violation(c, a, b, { m, n, k, transposeA, transposeB })).toBeUndefined();
          expect(bitsOf(await readFloats(again))).toEqual(bitsOf(await readFloats(c)));
          for (const t of [aT, bT, c, again]) t.dispose();
        });
      }
    },
  );

  it('is exact on small integers', async () => {
    const a = tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const b = tensor2d([7, 8, 9, 10, 11, 12], [3, 2]);
    const c = f32MatMul(a, b);
    expect([...(await readFloats(c))]).toEqual([58, 64, 139, 154]);
    for (const t of [a, b, c]) t.dispose();
  });

  it('says when K differs or an operand is no float32 matrix', () => {
    const a = tensor2d([1, 2], [1, 2]);
    const ints = tensor2d([1, 2], [1, 2], 'int32');
    expect(() => f32MatMul(a, a)).toThrow('f32MatMul: K of a and K of b must agree, but got 2 and 1');
    expect(() => f32MatMul(a, ints, { transposeB: true })).toThrow(
      'f32MatMul: b must be float32, but got int32',
    );
    a.dispose();
    ints.dispose();
  });
});

describe.each(testBackends)('f32Linear on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('is X Wᵀ with the gradients dY W and dYᵀ X', async () => {
    const [m, k, n] = [11, 23, 6];
    const [x, w, dy] = [normalFloats(m * k, 1), normalFloats(n * k, 2), normalFloats(m * n, 3)];
    await expectNoLeaks(async () => {
      const [xMK, wNK, dyMN] = [tensor2d(x, [m, k]), tensor2d(w, [n, k]), tensor2d(dy, [m, n])];
      const y = f32Linear(xMK, wNK);
      expect(await violation(y, x, w, { m, n, k, transposeA: false, transposeB: true })).toBeUndefined();
      const [dx, dw] = grads(linear)([xMK, wNK], dyMN) as [Tensor, Tensor];
      expect(
        await violation(dx, dy, w, { m, n: k, k: n, transposeA: false, transposeB: false }),
      ).toBeUndefined();
      expect(
        await violation(dw, dy, x, {
          m: n,
          n: k,
          k: m,
          transposeA: true,
          transposeB: false,
        }),
      ).toBeUndefined();
      for (const t of [xMK, wNK, dyMN, y, dx, dw]) t.dispose();
    });
  });
});
