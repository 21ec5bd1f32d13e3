import { memory, tensor1d, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
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

const formats = [
  { format: 'e4m3', unit: 2 ** -4, floor: 2 ** -17 },
  { format: 'e5m2', unit: 2 ** -3, floor: 2 ** -31 },
] as const;
const cases = testBackends.flatMap((backend) =>
  formats.map(({ format, unit, floor }) => ({ backend, format, unit, floor })),
);

describe.each(cases)('gradient accumulator in $format on $backend', ({ backend, format, unit, floor }) => {
  beforeAll(() => useBackend(backend));

  async function averaged(seeds: readonly number[]): Promise<Float32Array[]> {
    return expectNoLeaks(async () => {
      const accumulator = createGradientAccumulator({ format });
      for (const seed of seeds) {
        const gradients = microBatch(seed);
        accumulator.add(gradients);
        for (const x of gradients.values()) x.dispose();
      }
      const means: Float32Array[] = [];
      for (const mean of accumulator.average().values()) means.push((await readFloats(mean)).slice());
      accumulator.dispose();
      return means;
    });
  }

  it.each([[[1]], [[1, 2, 3]], [[4, 5, 6, 7, 8, 9, 10, 11]]])(
    'stays within its error bound over micro-batches %j',
    async (seeds) => {
      const means = await averaged(seeds);
      for (const [index, [, size]] of [...sizes].entries()) {
        const parts = seeds.map((seed) => normalFloats(size, 10 * seed + index));
        const magnitudes = parts.map((part) => part.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
        for (let i = 0; i < size; i++) {
          // Each addition rounds the sum as it then is, errors of before included.
          let [sum, error, bound] = [0, 0, 0];
          for (const [step, part] of parts.entries()) {
            sum += part[i]!;
            bound += magnitudes[step]!;
            error += Math.max((Math.abs(sum) + error) * unit, bound * floor) + 1e-6 * bound;
          }
          expect(Math.abs(means[index]![i]! - sum / seeds.length)).toBeLessThanOrEqual(error / seeds.length);
        }
      }
    },
  );

  it('has the bits of cpu', async () => {
    const means = await averaged([3, 4, 5]);
    await useBackend(backend === 'webgpu' && !gpuSession()!.software ? backend : 'cpu');
    const wanted = await averaged([3, 4, 5]);
    await useBackend(backend);
    expect(means.map(bitsOf)).toEqual(wanted.map(bitsOf));
  });

  it('averages again and again in constant memory, without what was before', async () => {
    const accumulator = createGradientAccumulator({ format });
    const counts: number[] = [];
    for (let round = 0; round < 200; round++) {
      for (const value of [1, 3]) {
        const x = tensor1d([value * 2 ** (round % 5), -value]);
        accumulator.add({ x });
        x.dispose();
      }
      expect([...(await readFloats(accumulator.average().get('x')!))]).toEqual([2 * 2 ** (round % 5), -2]);
      counts.push(memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
    accumulator.dispose();
  });

  it.each([NaN, Infinity, -Infinity])('makes a tensor with %s NaN until it starts anew', async (bad) => {
    const accumulator = createGradientAccumulator({ format });
    const [x, y] = [tensor1d([1, bad, 2]), tensor1d([1, 2, 3])];
    accumulator.add({ x, y });
    accumulator.add({ x: y, y });
    const means = accumulator.average();
    expect([...(await readFloats(means.get('x')!))]).toEqual([NaN, NaN, NaN]);
    expect([...(await readFloats(means.get('y')!))]).toEqual([1, 2, 3]);
    accumulator.add({ x: y, y });
    expect([...(await readFloats(accumulator.average().get('x')!))]).toEqual([1, 2, 3]);
    accumulator.dispose();
    x.dispose();
    y.dispose();
  });

  it('takes gradients in any order, and zeros', async () => {
    const accumulator = createGradientAccumulator({ format });
    const [x, y] = [tensor1d([4, 8]), zeros([3])];
    accumulator.add({ x, y });
    accumulator.add({ y, x });
    const means = accumulator.average();
    expect([...(await readFloats(means.get('x')!)), ...(await readFloats(means.get('y')!))]).toEqual([
      4, 8, 0, 0, 0,
    ]);
    accumulator.dispose();
    x.dispose();
    y.dispose();
  });
});

describe('gradient accumulator refuses', () => {
  beforeAll(() => useBackend('cpu'));

  it('an unknown format', () => {
    expect(() => createGradientAccumulator({ format: 'fp8' as never })).toThrow(
      new TypeError(
        "createGradientAccumulator: format must be 'f32', 'e4m3' or 'e5m2', but got fp8; leave it out for 'f32'",
      ),
    );
  });

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
