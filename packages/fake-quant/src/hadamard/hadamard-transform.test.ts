import { grad, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { hadamardTransform as hadamardArray, randomSigns } from '@nibble-ml/fp4-format';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { hadamardF32 } from './f32-order.ts';
import { hadamardTransform } from './hadamard-transform.ts';
import type { HadamardTransformOptions } from './options.ts';

async function run(
  x: Float32Array,
  shape: [number, number],
  options: HadamardTransformOptions,
): Promise<Float32Array> {
  return expectNoLeaks(async () => {
    const input = tensor2d(x, shape);
    const y = hadamardTransform(input, options);
    const values = (await readFloats(y)).slice();
    for (const tensor of [input, y]) tensor.dispose();
    return values;
  });
}

const SIZES = [16, 32, 64, 128] as const;

describe.each(testBackends)('hadamardTransform on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(SIZES)('has the same bits everywhere for blocks of %i', async (size) => {
    for (const axis of [0, 1] as const) {
      // Numbers of blocks and lines that fill no vector, or none.
      for (const [lines, blocks] of [
        [1, 1],
        [5, 1],
        [7, 3],
        [10, 2],
        [0, 2],
        [3, 0],
      ] as const) {
        const length = blocks * size;
        const shape: [number, number] = axis === 1 ? [lines, length] : [length, lines];
        const x = normalFloats(lines * length, 5);
        for (const seed of [undefined, 77]) {
          for (const inverse of [false, true]) {
            const options = { size, axis, inverse, ...(seed === undefined ? {} : { seed }) };
            const expected = hadamardF32(x, ...shape, { size, axis, inverse, seed: seed ?? null });
            expect(bitsOf(await run(x, shape, options)), JSON.stringify({ shape, ...options })).toEqual(
              bitsOf(expected),
            );
          }
        }
      }
    }
  });

  it.each(SIZES)('is orthonormal, and undone by the inverse, for %i', async (size) => {
    const x = normalFloats(4 * size, 8);
    for (const axis of [0, 1] as const) {
      const shape: [number, number] = axis === 1 ? [2, 2 * size] : [2 * size, 2];
      const y = await run(x, shape, { size, axis, seed: 3 });
      const norm = (values: Float32Array): number => Math.hypot(...values);
      expect(Math.abs(norm(y) / norm(x) - 1)).toBeLessThan(2 ** -20);
      const back = await run(y, shape, { size, axis, seed: 3, inverse: true });
      const worst = Math.max(...back.map((value, i) => Math.abs(value - x[i]!)));
      expect(worst).toBeLessThan(2 * Math.log2(size) * 2 ** -23 * norm(x));
      expect(Math.max(...y.map((value, i) => Math.abs(value - x[i]!)))).toBeGreaterThan(0.1);
    }
  });

  it('passes gradients through its inverse', async () => {
    await expectNoLeaks(async () => {
      const [x, dy] = [1, 2].map((seed) => tensor2d(normalFloats(96, seed), [3, 32])) as [Tensor2D, Tensor2D];
      const dx = grad((input) => hadamardTransform(input as Tensor2D, { size: 16, seed: 5 }))(x, dy);
      const expected = await run(normalFloats(96, 2), [3, 32], {
        size: 16,
        seed: 5,
        inverse: true,
      });
      expect(bitsOf(await readFloats(dx))).toEqual(bitsOf(expected));
      for (const tensor of [x, dy, dx]) tensor.dispose();
    });
  });
});

describe('hadamardF32', () => {
  it.each(SIZES)("is fp4-format's transform but for the roundings, for %i", (size) => {
    const x = normalFloats(4 * size, 6);
    for (const inverse of [false, true]) {
      const y = hadamardF32(x, 2, 2 * size, { size, axis: 1, seed: 9, inverse });
      const exact = hadamardArray(x, size, { signs: randomSigns(size, 9), inverse });
      const bound = Math.log2(size) * 2 ** -23 * Math.hypot(...x);
      expect(Math.max(...y.map((value, i) => Math.abs(value - exact[i]!)))).toBeLessThan(bound);
    }
  });
  it('works down the columns as along the rows of the transpose', () => {
    const x = normalFloats(32 * 5, 6);
    const turned = Float32Array.from({ length: 160 }, (_, i) => x[(i % 32) * 5 + Math.floor(i / 32)]!);
    const y = hadamardF32(x, 32, 5, { size: 32, axis: 0, seed: 1, inverse: false });
    const rows = hadamardF32(turned, 5, 32, { size: 32, axis: 1, seed: 1, inverse: false });
    expect(y).toEqual(Float32Array.from({ length: 160 }, (_, i) => rows[(i % 5) * 32 + Math.floor(i / 5)]!));
  });
});

describe('hadamardTransform', () => {
  beforeAll(() => useBackend('cpu'));
  it('refuses what does not fit', () => {
    const x = tensor2d(new Float32Array(48), [2, 24]);
    const call = (options: object) => () => hadamardTransform(x, options as HadamardTransformOptions);
    expect(call({ size: 24 })).toThrow(
      new TypeError('hadamardTransform: size must be one of 16, 32, 64, 128, but got 24'),
    );
    expect(call({ size: 16 })).toThrow(
      new RangeError(
        'hadamardTransform: axis 1 of x must be a multiple of size 16, but got 24; pad it first',
      ),
    );
    expect(call({ size: 16, axis: 0 })).toThrow(/axis 0 of x must be a multiple of size 16, but got 2/);
    expect(call({ size: 16, axis: 2 })).toThrow(/axis must be one of 0, 1, but got 2/);
    expect(call({ size: 16, inverse: 'yes' })).toThrow(/inverse must be one of false, true, but got yes/);
    expect(call({ size: 16, seed: -1 })).toThrow(/seed must be an integer from 0 to 2\^32 - 1, but got -1/);
    x.dispose();
  });
});
