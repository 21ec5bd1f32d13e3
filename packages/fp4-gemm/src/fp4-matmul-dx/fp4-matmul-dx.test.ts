import { tensor2d } from '@tensorflow/tfjs-core';
import { readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { fp4Quantize } from '../fp4-quantize/fp4-quantize.ts';
import { disposeFp4 } from '../fp4-tensor.ts';
import { fp4MatMulDx } from './fp4-matmul-dx.ts';

// Bits and accuracy: `src/gradient/product.test.ts`.
describe.each(testBackends)('fp4MatMulDx on %s', (backend) => {
  beforeAll(() => useBackend(backend));

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

  it('says which gradients there are, and which need a seed', () => {
    const dyMN = tensor2d([1, 2], [1, 2]);
    const operand = tensor2d([1, 2], [2, 1]);
    const q = fp4Quantize(operand);
    expect(() => fp4MatMulDx(dyMN, q, { gradient: 'fp8' as 'f32' })).toThrow(
      new TypeError("fp4MatMulDx: gradient must be 'f32', 'e5m2', 'int8' or 'nvfp4', but got 'fp8'"),
    );
    for (const gradient of ['int8', 'nvfp4'] as const) {
      expect(() => fp4MatMulDx(dyMN, q, { gradient })).toThrow(
        new RangeError(
          `fp4MatMulDx: seed must be given for gradient '${gradient}', which rounds stochastically; pass a new one at each step`,
        ),
      );
    }
    for (const seed of [-1, 0.5, 2 ** 32, NaN]) {
      expect(() => fp4MatMulDx(dyMN, q, { gradient: 'int8', seed })).toThrow(
        new RangeError(`fp4MatMulDx: seed must be an integer from 0 to 4294967295, but got ${seed}`),
      );
    }
    dyMN.dispose();
    operand.dispose();
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
