import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { transposeWeight } from './transpose-weight.ts';

/** [N, K]: within, at and beyond blocks of 4. */
const SHAPES: readonly (readonly [n: number, k: number])[] = [
  [1, 1],
  [3, 5],
  [4, 4],
  [1, 37],
  [37, 1],
  [7, 64],
  [64, 7],
  [130, 61],
];

describe.each(testBackends)('transposeWeight on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(SHAPES)('moves every element of [%i, %i]', async (n, k) => {
    const values = normalFloats(n * k, 1);
    values[0] = -0;
    const expected = Float32Array.from(values, (_, i) => values[(i % n) * k + Math.floor(i / n)]!);
    await expectNoLeaks(async () => {
      const w = tensor2d(values, [n, k]);
      const transposed = transposeWeight(w);
      expect(transposed.shape).toEqual([k, n]);
      expect(bitsOf(await readFloats(transposed))).toEqual(bitsOf(expected));
      w.dispose();
      transposed.dispose();
    });
  });
});

describe('transposeWeight', () => {
  beforeAll(() => useBackend('cpu'));

  it('refuses what is no float32 matrix', async () => {
    await expectNoLeaks(async () => {
      const ints = tensor2d([1, 2], [1, 2], 'int32');
      const vector = tensor1d([1, 2]);
      expect(() => transposeWeight(ints)).toThrow('transposeWeight: wNK must be float32, but got int32');
      expect(() => transposeWeight(vector as unknown as Tensor2D)).toThrow(RangeError);
      ints.dispose();
      vector.dispose();
    });
  });
});
