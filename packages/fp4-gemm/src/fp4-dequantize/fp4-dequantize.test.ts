import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  readFloats,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import { disposeFp4 } from '../fp4-tensor.ts';
import { fp4Dequantize } from './fp4-dequantize.ts';

function fp4Of(words: Int32Array, scales: Float32Array, rows: number, cols: number): Fp4Tensor {
  const codes = tensor2d(words, [rows, Math.ceil(cols / 8)], 'int32');
  return {
    rows,
    cols,
    codes,
    scales: tensor1d(scales),
    granularity: scales.length === rows ? 'vector' : 'tensor',
  };
}

async function dequantizeBits(words: Int32Array, scales: Float32Array, rows: number, cols: number) {
  return expectNoLeaks(async () => {
    const q = fp4Of(words, scales, rows, cols);
    const x = fp4Dequantize(q);
    const bits = bitsOf((await readFloats(x)).slice());
    expect(x.shape).toEqual([rows, cols]);
    x.dispose();
    disposeFp4(q);
    return bits;
  });
}

describe.each(testBackends)('fp4Dequantize on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('decodes all sixteen codes, both zeros included', async () => {
    const words = Int32Array.of(0x76543210, 0xfedcba98 | 0);
    const expected = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];
    expect(await dequantizeBits(words, Float32Array.of(1), 1, 16)).toEqual(
      bitsOf(Float32Array.from(expected)),
    );
  });

  it('rounds the product of value and scale once, at any size', async () => {
    const values = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];
    const random = seededRandom(1);
    for (const [rows, cols] of [
      [0, 8],
      [3, 0],
      [1, 1],
      [1, 7],
      [5, 8],
      [4, 9],
      [7, 31],
      [67, 129],
    ] as const) {
      for (const count of [rows, 1]) {
        const stride = Math.ceil(cols / 8);
        const scales = Float32Array.from({ length: count }, () => random() * 2 ** (random() * 40 - 20));
        const words = Int32Array.from({ length: rows * stride }, () => random() * 2 ** 32);
        const expected = new Float32Array(rows * cols);
        for (let i = 0; i < expected.length; i++) {
          const [row, col] = [Math.floor(i / cols), i % cols];
          const code = (words[row * stride + (col >> 3)]! >>> (4 * (col & 7))) & 15;
          expected[i] = values[code]! * scales[count === 1 ? 0 : row]!;
        }
        expect(await dequantizeBits(words, scales, rows, cols), `[${rows}, ${cols}]`).toEqual(
          bitsOf(expected),
        );
      }
    }
  });

  it('says when the parts do not fit together', () => {
    const q = fp4Of(Int32Array.of(1), Float32Array.of(1), 1, 8);
    expect(() => fp4Dequantize({ ...q, cols: 9 })).toThrow(
      'fp4Dequantize: tensor.codes must have shape [1, 2], but got [1, 1]',
    );
    const scales = tensor1d([1, 2]);
    expect(() => fp4Dequantize({ ...q, scales })).toThrow(
      'fp4Dequantize: tensor.scales must have 1 values, but got 2',
    );
    scales.dispose();
    disposeFp4(q);
  });
});
