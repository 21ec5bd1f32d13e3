import { tensor2d } from '@tensorflow/tfjs-core';
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
import { fp4Dequantize } from '../fp4-dequantize/fp4-dequantize.ts';
import { fp4Quantize } from '../fp4-quantize/fp4-quantize.ts';
import { disposeFp4 } from '../fp4-tensor.ts';
import { fp4MatMulDw } from './fp4-matmul-dw.ts';

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
  [3, 23, 1031],
  [1031, 23, 3],
  [300, 24, 70],
] as const;

describe.each(testBackends)('fp4MatMulDw on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['vector', 'tensor'] as const)(
    'is dYᵀ · X_q within the bound at any size, granularity %s',
    async (granularity) => {
      for (const [m, k, n] of MKN) {
        await expectNoLeaks(async () => {
          const dy = normalFloats(m * n, m + n);
          const dyMN = tensor2d(dy, [m, n]);
          const xT = tensor2d(normalFloats(m * k, k + 3), [m, k]);
          const q = fp4Quantize(xT, { granularity });
          const decoded = fp4Dequantize(q);
          const [dw, again] = [fp4MatMulDw(dyMN, q), fp4MatMulDw(dyMN, q)];
          expect(dw.shape).toEqual([n, k]);
          const shape = { m: n, n: k, k: m, transposeA: true, transposeB: false };
          const values = await readFloats(dw);
          expect(
            firstBoundViolation(values, dy, await readFloats(decoded), shape),
            JSON.stringify(shape),
          ).toBeUndefined();
          expect(bitsOf(await readFloats(again))).toEqual(bitsOf(values));
          for (const t of [dyMN, xT, decoded, dw, again]) t.dispose();
          disposeFp4(q);
        });
      }
    },
  );

  it('is exact where nothing rounds, all sixteen codes included', async () => {
    const values = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];
    const operand = tensor2d([...values, ...values.toReversed()], [2, 16]);
    const dyMN = tensor2d([1, 2, 32, 64], [2, 2]);
    const q = fp4Quantize(operand);
    const d = fp4MatMulDw(dyMN, q);
    const [a, b] = [values, values.toReversed()];
    const expected = [1, 2].flatMap((f) => a.map((value, i) => f * (value + 32 * b[i]!)));
    expect([...(await readFloats(d))].map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
    for (const t of [operand, dyMN, d]) t.dispose();
    disposeFp4(q);
  });

  it('says when the sizes do not fit', () => {
    const dyMN = tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const operand = tensor2d([1, 2, 3, 4], [4, 1]);
    const q = fp4Quantize(operand);
    expect(() => fp4MatMulDw(dyMN, q)).toThrow(
      'fp4MatMulDw: rows of dy and rows of x must agree, but got 2 and 4',
    );
    dyMN.dispose();
    operand.dispose();
    disposeFp4(q);
  });
});
