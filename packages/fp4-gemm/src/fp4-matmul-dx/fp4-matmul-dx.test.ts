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
import { fp4MatMulDx } from './fp4-matmul-dx.ts';

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

describe.each(testBackends)('fp4MatMulDx on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['vector', 'tensor'] as const)(
    'is dY · W_q within the bound at any size, granularity %s',
    async (granularity) => {
      for (const [m, k, n] of MKN) {
        await expectNoLeaks(async () => {
          const dy = normalFloats(m * n, m + n);
          const dyMN = tensor2d(dy, [m, n]);
          const wT = tensor2d(normalFloats(n * k, k + 3), [n, k]);
          const q = fp4Quantize(wT, { granularity });
          const decoded = fp4Dequantize(q);
          const [dx, again] = [fp4MatMulDx(dyMN, q), fp4MatMulDx(dyMN, q)];
          expect(dx.shape).toEqual([m, k]);
          const shape = { m, n: k, k: n, transposeA: false, transposeB: false };
          const values = await readFloats(dx);
          expect(
            firstBoundViolation(values, dy, await readFloats(decoded), shape),
            JSON.stringify(shape),
          ).toBeUndefined();
          expect(bitsOf(await readFloats(again))).toEqual(bitsOf(values));
          for (const t of [dyMN, wT, decoded, dx, again]) t.dispose();
          disposeFp4(q);
        });
      }
    },
  );

  it('is exact where nothing rounds, all sixteen codes included', async () => {
    const values = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];
    const operand = tensor2d([...values, ...values.toReversed()], [2, 16]);
    const dyMN = tensor2d([1, 32, 2, 64], [2, 2]);
    const q = fp4Quantize(operand);
    const d = fp4MatMulDx(dyMN, q);
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
    expect(() => fp4MatMulDx(dyMN, q)).toThrow(
      'fp4MatMulDx: columns of dy and rows of w must agree, but got 3 and 4',
    );
    dyMN.dispose();
    operand.dispose();
    disposeFp4(q);
  });
});
