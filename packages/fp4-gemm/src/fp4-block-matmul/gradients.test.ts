import { tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
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
import { f32MatMulInOrder } from '../f32-matmul/f32-order.ts';
import { fp4Dequantize } from '../fp4-dequantize/fp4-dequantize.ts';
import { fp4MatMulDw } from '../fp4-matmul-dw/fp4-matmul-dw.ts';
import { fp4MatMulDx } from '../fp4-matmul-dx/fp4-matmul-dx.ts';
import { fp4Quantize } from '../fp4-quantize/fp4-quantize.ts';
import { disposeFp4 } from '../fp4-tensor.ts';

// Rows and columns of the FP4 operand, and the other size of the product.
const SIZES = [
  [0, 16, 3],
  [5, 0, 3],
  [5, 16, 0],
  [1, 1, 1],
  [7, 9, 5],
  [17, 129, 11],
  [23, 1031, 3],
  [400, 40, 9],
  [24, 64, 300],
] as const;
const CASES = [
  { block: 16, scale: 'e4m3' },
  { block: 32, scale: 'e8m0Floor' },
  { block: 8, scale: 'exact' },
  { block: 128, scale: 'exact' },
] as const;

describe.each(testBackends)('products of the backward pass with scales of blocks on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(CASES)('has the bits and the bound of f32MatMul: block $block $scale', async ({ block, scale }) => {
    for (const [rows, cols, others] of SIZES) {
      await expectNoLeaks(async () => {
        const source = tensor2d(normalFloats(rows * cols, rows + 1), [rows, cols]);
        const q = fp4Quantize(source, { granularity: { block }, scale });
        const decodedTensor = fp4Dequantize(q);
        const decoded = (await readFloats(decodedTensor)).slice();
        const values = normalFloats(rows * others, cols + 2);
        const dy = tensor2d(values, [others, rows]);
        const dyT = tensor2d(values, [rows, others]);
        const [dx, dw] = [fp4MatMulDx(dy, q), fp4MatMulDw(dyT, q)];
        for (const [product, transposeA] of [
          [dx, false],
          [dw, true],
        ] as const) {
          const shape = { m: others, n: cols, k: rows, transposeA, transposeB: false };
          const actual = await readFloats(product);
          expect(product.shape).toEqual([others, cols]);
          expect(firstBoundViolation(actual, values, decoded, shape), JSON.stringify(shape)).toBeUndefined();
          expect(bitsOf(actual)).toEqual(bitsOf(f32MatMulInOrder(values, decoded, shape)));
        }
        for (const t of [source, decodedTensor, dy, dyT, dx, dw]) t.dispose();
        disposeFp4(q);
      });
    }
  });

  it.each(CASES)(
    'gives NaN in the columns of a block whose scale is NaN: block $block $scale',
    async (options) => {
      const [rows, cols] = [3, 200];
      const x = normalFloats(rows * cols, 1);
      x[1 * cols + 150] = NaN;
      const source = tensor2d(x, [rows, cols]);
      const { block, scale } = options;
      const q = fp4Quantize(source, { granularity: { block }, scale });
      const dy = tensor2d([1, 2, 3], [1, 3]);
      const dx = fp4MatMulDx(dy, q);
      const bad = [...(await readFloats(dx))].map((value) => Number.isNaN(value));
      const of = (col: number): number => Math.floor(col / block);
      expect(bad).toEqual(bad.map((_, col) => scale === 'e4m3' || of(col) === of(150)));
      for (const t of [source, dy, dx]) t.dispose();
      disposeFp4(q);
    },
  );

  it('takes gradients in float32 only', () => {
    const source = tensor2d(normalFloats(32, 1), [2, 16]);
    const q = fp4Quantize(source, { granularity: { block: 16 } });
    const dy: Tensor2D = tensor2d([1, 2, 3, 4], [2, 2]);
    for (const product of [fp4MatMulDx, fp4MatMulDw]) {
      expect(() => product(dy, q, { gradient: 'int8', seed: 1 })).toThrow(
        `${product.name}: gradient must be 'f32' with an operand that is scaled by blocks, but got 'int8'; scale by vector or tensor for the others`,
      );
    }
    source.dispose();
    dy.dispose();
    disposeFp4(q);
  });
});
