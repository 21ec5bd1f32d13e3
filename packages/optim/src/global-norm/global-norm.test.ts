import { scalar, tensor, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expectNoLeaks, normalFloats, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { globalNorm } from './global-norm.ts';
import { blockSize, lanes, normOfSums, blockCount, blockStatistics } from './reference.ts';

const sizes = [0, 1, 63, 64, 65, 4095, 4096, 4097, 20_011, 1];

async function normOf(arrays: readonly Float32Array[]): Promise<number> {
  return expectNoLeaks(async () => {
    const tensors: Tensor[] = arrays.map((values) => tensor1d(values, 'float32'));
    const norm = globalNorm(tensors);
    const [value] = await readFloats(norm);
    for (const x of [...tensors, norm]) x.dispose();
    return value!;
  });
}

function exactNorm(arrays: readonly Float32Array[]): number {
  return Math.sqrt(arrays.reduce((sum, x) => sum + x.reduce((part, value) => part + value * value, 0), 0));
}

function referenceNorm(arrays: readonly Float32Array[]): number {
  const count = arrays.reduce((sum, x) => sum + blockCount(x.length), 0);
  const statistics = new Float32Array(2 * count);
  let offset = 0;
  for (const x of arrays) {
    blockStatistics(x, statistics, offset, count);
    offset += blockCount(x.length);
  }
  return normOfSums(statistics, count);
}

describe.each(testBackends)('globalNorm on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('stays within its error bound at sizes around the block and the lanes', async () => {
    const arrays = sizes.map((size, index) => normalFloats(size, index + 1, 10 ** (index - 5)));
    const partials = arrays.reduce((sum, x) => sum + blockCount(x.length), 0);
    // Every term passes through a square, blockSize / lanes + 6 additions, and as many of the second stage, in f32.
    const bound = (blockSize / lanes + 6 + Math.ceil(partials / lanes) + 6 + 1) * 2 ** -25 + 2 ** -22;
    const exact = exactNorm(arrays);
    expect(Math.abs((await normOf(arrays)) - exact) / exact).toBeLessThan(bound);
  });

  it('adds in the order of the reference', async () => {
    const arrays = sizes.map((size, index) => normalFloats(size, index + 20));
    const norm = await normOf(arrays);
    const reference = referenceNorm(arrays);
    // A GPU may fuse a multiplication with an addition, and its square root may be off.
    const bound = backend === 'webgpu' ? 2 ** -20 : 0;
    expect(Math.abs(norm - reference) / reference).toBeLessThanOrEqual(bound);
  });

  it('gives the same bits twice', async () => {
    const arrays = [normalFloats(50_021, 3)];
    expect(await normOf(arrays)).toBe(await normOf(arrays));
  });

  it.each([NaN, Infinity, -Infinity])('is NaN when an element is %s', async (bad) => {
    const values = normalFloats(9_001, 4);
    values[8_999] = bad;
    expect(await normOf([normalFloats(100, 5), values])).toBeNaN();
  });

  it('is NaN when the sum of squares overflows', async () => {
    expect(await normOf([Float32Array.of(3e38, 3e38)])).toBeNaN();
  });

  it('is 0 of zeros and of nothing', async () => {
    expect(await normOf([new Float32Array(70)])).toBe(0);
    expect(await normOf([new Float32Array(0)])).toBe(0);
  });

  it('takes every rank', async () => {
    const tensors = [scalar(3), tensor([0, 0, 4, 0], [1, 2, 2, 1])];
    const norm = globalNorm(tensors);
    expect([...(await readFloats(norm))]).toEqual([5]);
    expect(norm.shape).toEqual([]);
    for (const x of [...tensors, norm]) x.dispose();
  });
});

describe('globalNorm refuses', () => {
  beforeAll(() => useBackend('cpu'));

  it('no tensors and integers', () => {
    expect(() => globalNorm([])).toThrow(
      new RangeError('globalNorm: there must be at least one tensor, but got none; pass the gradients'),
    );
    expect(() => globalNorm([tensor1d([1], 'int32')])).toThrow(
      new TypeError('globalNorm: tensor 0 must be float32, but got int32; cast it first'),
    );
  });
});
