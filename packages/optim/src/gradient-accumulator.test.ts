import { memory, tensor1d, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createGradientAccumulator } from './gradient-accumulator.ts';

const sizes = new Map([
  ['a', 1],
  ['b', 1031],
  ['c', 0],
  ['d', 4099],
]);

function microBatch(seed: number): Map<string, Tensor> {
  return new Map(
    [...sizes].map(([name, size], i) => [name, tensor1d(normalFloats(size, 10 * seed + i), 'float32')]),
  );
}

function meanOf(seeds: readonly number[], index: number, size: number): Float32Array {
  const sum = normalFloats(size, 10 * seeds[0]! + index);
  for (const seed of seeds.slice(1)) normalFloats(size, 10 * seed + index).forEach((x, i) => (sum[i]! += x));
  const factor = Math.fround(1 / seeds.length);
  return seeds.length === 1 ? sum : sum.map((x) => x * factor);
}

describe.each(testBackends)('gradient accumulator on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('averages in float32, again and again, in constant memory', async () => {
    await expectNoLeaks(async () => {
      const accumulator = createGradientAccumulator();
      let tensors: number | undefined;
      for (const seeds of [[1, 2, 3], [4], [5, 6, 7, 8]]) {
        for (const seed of seeds) {
          const gradients = microBatch(seed);
          accumulator.add(gradients);
          for (const x of gradients.values()) x.dispose();
        }
        expect(accumulator.count).toBe(seeds.length);
        const mean = accumulator.average();
        expect(accumulator.count).toBe(0);
        let index = 0;
        for (const [name, size] of sizes) {
          const expected = meanOf(seeds, index++, size);
          expect(bitsOf(await readFloats(mean.get(name)!))).toEqual(bitsOf(expected));
        }
        tensors ??= memory().numTensors;
        expect(memory().numTensors).toBe(tensors);
      }
      accumulator.dispose();
    });
  });

  it('forgets a NaN after the average', async () => {
    const accumulator = createGradientAccumulator();
    const [bad, good] = [tensor1d([NaN, 1]), tensor1d([2, 3])];
    accumulator.add({ x: bad });
    accumulator.average();
    accumulator.add({ x: good });
    expect([...(await readFloats(accumulator.average().get('x')!))]).toEqual([2, 3]);
    accumulator.dispose();
    bad.dispose();
    good.dispose();
  });
});

describe('gradient accumulator refuses', () => {
  beforeAll(() => useBackend('cpu'));

  it('other names, other shapes, and an average of nothing', () => {
    const accumulator = createGradientAccumulator();
    expect(() => accumulator.average()).toThrow(
      new RangeError('average: at least one micro-batch must have been added, but got none; call add first'),
    );
    expect(() => accumulator.add({})).toThrow(
      new RangeError('add: there must be at least one gradient, but got none; pass them all'),
    );
    accumulator.add({ x: zeros([2]), y: zeros([1]) });
    expect(() => accumulator.add({ x: zeros([2]) })).toThrow(
      new RangeError('add: names must be those of the first call, but y is missing; dispose and start anew'),
    );
    expect(() => accumulator.add({ x: zeros([2]), y: zeros([1]), z: zeros([1]) })).toThrow(
      new RangeError('add: names must be those of the first call, but got z; dispose and start anew'),
    );
    expect(() => accumulator.add({ x: zeros([3]), y: zeros([1]) })).toThrow(
      new RangeError(
        'add: the gradient of x must have shape [2], but got [3]; pass the gradient of that parameter',
      ),
    );
    expect(accumulator.count).toBe(1);
  });
});
