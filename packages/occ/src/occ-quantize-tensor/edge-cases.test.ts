import {
  expectNoLeaks,
  normalFloats,
  readFloats,
  readInts,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { engine, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { activations, expectReferenceBits, expectSameBits } from '../../test/run-tensor.ts';
import { registerOcc } from '../register.ts';
import { OCC_QUANTIZE_TENSOR } from './kernel-name.ts';
import type { OccQuantizeTensorAttrs } from './kernel-name.ts';
import { occQuantizeTensorReference } from './reference.ts';
import type { OccTensorArrays } from './reference.ts';

/** Runs the kernel under given thresholds. */
async function runKernel(
  x: Float32Array,
  thresholds: Float32Array,
  rows: number,
  cols: number,
  attrs: OccQuantizeTensorAttrs,
): Promise<OccTensorArrays> {
  return expectNoLeaks(async () => {
    const inputs = { x: tensor2d(x, [rows, cols]), thresholds: tensor1d(thresholds) };
    const outputs = engine().runKernel(
      OCC_QUANTIZE_TENSOR,
      inputs,
      attrs as unknown as NamedAttrMap,
    ) as unknown as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const [words, scales, starts, columns, values] = outputs;
    const arrays = {
      words: (await readInts(words)).slice(),
      scales: (await readFloats(scales)).slice(),
      starts: (await readInts(starts)).slice(),
      columns: (await readInts(columns)).slice(),
      values: (await readFloats(values)).slice(),
    };
    for (const tensor of [...outputs, ...Object.values(inputs)]) tensor.dispose();
    return arrays;
  });
}

describe.each(testBackends)('edge cases of occQuantizeTensor on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    ['zero', 0],
    ['minus zero', -0],
    ['one', 1],
    ['minus one third', -1 / 3],
    ['subnormal', 1e-40],
  ])('cuts nothing off a constant tensor of %s', async (_, value) => {
    for (const granularity of ['vector', 'tensor'] as const) {
      const x = new Float32Array(200).fill(value);
      const { starts, values } = await expectReferenceBits(x, 2, 100, { alpha: 0.9, granularity });
      expect(starts[2]).toBe(0);
      expect(values.every((entry) => Object.is(entry, 0))).toBe(true);
    }
  });
  it('has all-zero rows beside others', async () => {
    const x = new Float32Array(4 * 50);
    x.set(normalFloats(50, 14), 50);
    const { scales, starts } = await expectReferenceBits(x, 4, 50, { alpha: 0.95 });
    expect(scales[0]).toBe(0);
    expect(scales[1]).toBeGreaterThan(0);
    expect([...starts].slice(2)).toEqual([starts[2], starts[2], starts[2]]);
  });
  it.each([NaN, -NaN, Infinity, -Infinity])(
    'gives a row with %f the scale NaN and no entries',
    async (bad) => {
      const x = activations(3, 100, 15);
      x[250] = bad;
      const { scales, starts } = await expectReferenceBits(x, 3, 100, { alpha: 0.95 });
      expect([...scales].map(Number.isNaN)).toEqual([false, false, true]);
      expect(starts[3]).toBe(starts[2]);
      expect(starts[2]).toBeGreaterThan(0);
      const shared = await expectReferenceBits(x, 3, 100, { alpha: 0.95, granularity: 'tensor' });
      expect([...shared.scales]).toEqual([NaN]);
    },
  );
  it('clamps at no infinity, where there are more of them than alpha cuts off', async () => {
    const x = activations(4, 100, 16);
    x.fill(Infinity, 0, 60);
    x.fill(-Infinity, 60, 100);
    for (const granularity of ['vector', 'tensor'] as const) {
      const { starts } = await expectReferenceBits(x, 4, 100, { alpha: 0.97, granularity });
      expect(starts[4]).toBe(0);
    }
  });
  it.each([
    // Bad rows by capacity: the last one does not fit, then all but the second, then all that have entries.
    { missing: 0, bad: [false, false, false, false] },
    { missing: 1, bad: [false, false, false, true] },
    { room: 12, bad: [false, true, false, true] },
    { room: 1, bad: [true, true, false, true] },
  ])('marks rows whose entries do not fit with the scale NaN: %o', async ({ missing, room, bad }) => {
    registerOcc();
    const [rows, cols] = [4, 40];
    const x = normalFloats(rows * cols, 17);
    x.fill(0, 2 * cols, 3 * cols);
    const thresholds = Float32Array.of(-1, 1);
    const capacity = room ?? x.filter((value) => Math.abs(value) > 1).length - missing;
    for (const granularity of ['vector', 'tensor'] as const) {
      for (const isE4m3 of [false, true]) {
        const attrs: OccQuantizeTensorAttrs = { granularity, capacity, isE4m3 };
        const arrays = await runKernel(x, thresholds, rows, cols, attrs);
        expectSameBits(arrays, occQuantizeTensorReference(x, thresholds, rows, cols, attrs));
        const isVector = granularity === 'vector';
        expect([...arrays.scales].map(Number.isNaN)).toEqual(isVector ? bad : [bad.includes(true)]);
      }
    }
  });
});
