import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  readInts,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { dispatchCount } from '@nibble-ml/tfjs-bridge/webgpu';
import { tensor2d, transpose as transposeOf } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { disposeFp4 } from '../fp4-tensor.ts';
import { fp4Quantize } from '../fp4-quantize/fp4-quantize.ts';
import { fp4QuantizeAll } from './fp4-quantize-all.ts';
import type { Fp4QuantizeAllOptions } from './fp4-quantize-all.ts';

/** Around tiles of 32, words of 8 and groups of 4; one empty. */
const SHAPES: readonly (readonly [number, number])[] = [
  [1, 1],
  [33, 65],
  [0, 8],
  [3, 500],
  [64, 32],
  [70, 7],
];

function matrices(): Tensor2D[] {
  return SHAPES.map(([rows, cols], seed) => {
    const values = normalFloats(rows * cols, seed + 1, 10 ** (seed - 2));
    if (seed === 1) values.set([-0, Infinity, 1e-40], 65);
    if (seed === 4) values.fill(0, 32, 64);
    if (seed === 5) values[9] = NaN;
    return tensor2d(values, [rows, cols]);
  });
}

/** The bits of a tensor of either type; null of none. */
async function bitsOfAny(tensor: Tensor | null): Promise<unknown> {
  if (tensor === null) return null;
  return tensor.dtype === 'int32' ? readInts(tensor) : bitsOf(await readFloats(tensor));
}

describe.each(testBackends)('fp4QuantizeAll on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each<Fp4QuantizeAllOptions>([
    {},
    { transpose: true },
    { scale: 'powerOfTwo', transpose: true },
    { granularity: 'tensor' },
    { granularity: { block: 16 }, scale: 'e8m0Floor', transpose: true },
  ])('gives the bits of fp4Quantize with %o', async ({ transpose = false, ...options }) => {
    await expectNoLeaks(async () => {
      const xs = matrices();
      const all = fp4QuantizeAll(xs, { ...options, transpose });
      expect(all.length).toBe(xs.length);
      for (const [index, x] of xs.entries()) {
        const { packed, transposed } = all[index]!;
        const expected = fp4Quantize(x, options);
        expect({ ...packed, codes: 0, scales: 0 }).toEqual({ ...expected, codes: 0, scales: 0 });
        expect(packed.codes.shape).toEqual(expected.codes.shape);
        expect(await readInts(packed.codes)).toEqual(await readInts(expected.codes));
        expect(await bitsOfAny(packed.scales)).toEqual(await bitsOfAny(expected.scales));
        const turned = transpose ? transposeOf(x) : null;
        expect(transposed?.shape).toEqual(turned?.shape);
        expect(await bitsOfAny(transposed)).toEqual(await bitsOfAny(turned));
        turned?.dispose();
        transposed?.dispose();
        disposeFp4(packed);
        disposeFp4(expected);
        x.dispose();
      }
    });
  });
  it('makes nothing of nothing', () => {
    expect(fp4QuantizeAll([])).toEqual([]);
  });
  it('names the matrix that is none', () => {
    const [good, bad] = [tensor2d([1], [1, 1]), tensor2d([1], [1, 1], 'int32')];
    expect(() => fp4QuantizeAll([good, bad])).toThrow(
      'fp4QuantizeAll: matrix 1 must be float32, but got int32; cast it first',
    );
    good.dispose();
    bad.dispose();
  });
  it.runIf(backend === 'webgpu')('takes one dispatch for as many as the device binds, at most 4', () => {
    const { device } = gpuSession()!;
    const xs = Array.from({ length: 8 }, (_, seed) => tensor2d(normalFloats(6, seed), [2, 3]));
    for (const [transpose, buffers] of [
      [false, 3],
      [true, 4],
    ] as const) {
      const before = dispatchCount(device);
      for (const { packed, transposed } of fp4QuantizeAll(xs, { transpose })) {
        disposeFp4(packed);
        transposed?.dispose();
      }
      const most = Math.min(4, Math.floor(device.limits.maxStorageBuffersPerShaderStage / buffers));
      expect(dispatchCount(device) - before).toBe(Math.ceil(8 / most));
    }
    for (const x of xs) x.dispose();
  });
});
