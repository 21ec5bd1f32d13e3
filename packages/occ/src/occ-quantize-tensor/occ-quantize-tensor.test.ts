import { dequantize, quantize } from '@nibble-ml/fp4-format';
import { gpuSession, testBackends, useBackend } from '@nibble-ml/testing';
import { dispatchCount } from '@nibble-ml/tfjs-bridge/webgpu';
import { tensor2d } from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { activations, expectReferenceBits, runTensor } from '../../test/run-tensor.ts';
import { tensorThresholdsReference } from '../tensor-thresholds/reference.ts';
import { planThresholds } from '../tensor-thresholds/threshold-plan.ts';
import { occQuantizeTensor } from './occ-quantize-tensor.ts';
import type { OccQuantizeTensorOptions } from './occ-quantize-tensor.ts';

const finiteBits = fc
  .nat({ max: 0x7effffff })
  .chain((magnitude) => fc.constantFrom(magnitude, magnitude | 0x80000000));

describe.each(testBackends)('occQuantizeTensor on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each([
    { granularity: 'vector', compensation: 'f32' },
    { granularity: 'tensor', compensation: 'f32' },
    { granularity: 'vector', compensation: 'e4m3' },
    { granularity: 'tensor', compensation: 'e4m3', sample: { seed: 7, size: 300 } },
  ] satisfies Partial<OccQuantizeTensorOptions>[])('with %o', (options) => {
    it.each([
      [1, 100, 0.99],
      [3, 101, 0.95],
      [7, 128, 0.97],
      [300, 40, 0.99],
      [33, 344, 0.999],
      [5, 2100, 0.9],
      [64, 65, 0.51],
    ])('gives the bits of the reference for [%i, %i] at alpha %f', async (rows, cols, alpha) => {
      const x = activations(rows, cols, 11);
      const { values, scales } = await expectReferenceBits(x, rows, cols, { ...options, alpha });
      expect(values.some((value) => value !== 0)).toBe(true);
      expect(scales.every((scale) => scale > 0)).toBe(true);
    });
  });
  it('gives the bits of the reference for arbitrary finite bit patterns', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 7, max: 40 })
          .chain((cols) =>
            fc.tuple(fc.constant(cols), fc.array(finiteBits, { minLength: 3 * cols, maxLength: 3 * cols })),
          ),
        fc.constantFrom<OccQuantizeTensorOptions>(
          { alpha: 0.6 },
          { alpha: 0.9, compensation: 'e4m3' },
          { alpha: 0.95, granularity: 'tensor' },
        ),
        async ([cols, bits], options) => {
          const x = new Float32Array(Int32Array.from(bits).buffer);
          const { starts } = await expectReferenceBits(x, 3, cols, options);
          expect(starts[3]).toBeLessThanOrEqual(planThresholds(options.alpha, x.length).capacity);
        },
      ),
      { seed: 20260107, numRuns: 60 },
    );
  });
  it('keeps every outlier, though most are in one row', async () => {
    const [rows, cols] = [32, 64];
    const x = activations(rows, cols, 12);
    const alpha = 0.99;
    const { starts, columns, values } = await runTensor(x, rows, cols, { alpha });
    const plan = planThresholds(alpha, x.length);
    const [lower, upper] = tensorThresholdsReference(x, plan) as unknown as [number, number];
    const restored = x.map((value) => Math.min(Math.max(value, lower), upper));
    for (let row = 0; row < rows; row++) {
      for (let entry = starts[row]!; entry < starts[row + 1]!; entry++) {
        restored[row * cols + columns[entry]!]! += values[entry]!;
      }
    }
    for (const [i, value] of restored.entries()) {
      expect(Math.abs(value - x[i]!)).toBeLessThanOrEqual(2 ** -23 * Math.abs(x[i]!));
    }
    expect(starts[rows]).toBe(x.filter((value) => value < lower || value > upper).length);
    expect(starts[rows]).toBe(plan.capacity);
    expect(starts[17]! - starts[16]!).toBeGreaterThan(0.9 * plan.capacity);
  });
  it('is plain quantization of the clamped tensor', async () => {
    const [rows, cols] = [16, 128];
    const x = activations(rows, cols, 13);
    for (const granularity of ['vector', 'tensor'] as const) {
      const { words, scales } = await runTensor(x, rows, cols, { alpha: 0.98, granularity });
      const thresholds = tensorThresholdsReference(x, planThresholds(0.98, x.length));
      const clamped = x.map((value) => Math.min(Math.max(value, thresholds[0]!), thresholds[1]!));
      const plain = quantize(clamped, rows, cols, { granularity });
      expect(words).toEqual(plain.words);
      expect(scales).toEqual(plain.scales);
      expect(dequantize(plain)).not.toEqual(dequantize(quantize(x, rows, cols, { granularity })));
    }
  });
  it('costs nothing at alpha 1, nor where there are too few elements to cut', async () => {
    const x = activations(2, 24, 18);
    for (const granularity of ['vector', 'tensor'] as const) {
      const plain = quantize(x, 2, 24, { granularity });
      for (const options of [{ alpha: 1 }, { alpha: 0.99 }, { alpha: 1, sample: { seed: 1, size: 8 } }]) {
        const { words, scales, values } = await runTensor(x, 2, 24, { ...options, granularity });
        expect(words).toEqual(plain.words);
        expect(scales).toEqual(plain.scales);
        expect(values).toHaveLength(0);
      }
    }
  });
  it('handles no rows and no columns', async () => {
    for (const [rows, cols] of [
      [0, 128],
      [3, 0],
    ] as const) {
      const { words, scales } = await runTensor(new Float32Array(0), rows, cols, { alpha: 0.99 });
      expect(words).toHaveLength(0);
      expect(scales).toHaveLength(rows);
    }
  });
  it('notices a changed alpha, seed and sample size', async () => {
    const x = activations(8, 256, 19);
    const { scales } = await runTensor(x, 8, 256, { alpha: 0.99, sample: { seed: 1, size: 500 } });
    for (const other of [
      { alpha: 0.98, sample: { seed: 1, size: 500 } },
      { alpha: 0.99, sample: { seed: 2, size: 500 } },
      { alpha: 0.99, sample: { seed: 1, size: 200 } },
    ]) {
      expect((await runTensor(x, 8, 256, other)).scales).not.toEqual(scales);
    }
  });
});

describe.each(testBackends.filter((backend) => backend === 'webgpu'))(
  'occQuantizeTensor on %s',
  (backend) => {
    beforeAll(() => useBackend(backend));

    it('dispatches one kernel at alpha 1, as fp4Quantize, and else four or six', async () => {
      const dispatches = async (size: number, options: OccQuantizeTensorOptions): Promise<number> => {
        const before = dispatchCount(gpuSession()!.device);
        await runTensor(activations(2, size / 2, 18), 2, size / 2, options);
        return dispatchCount(gpuSession()!.device) - before;
      };
      expect(await dispatches(48, { alpha: 1 })).toBe(1);
      expect(await dispatches(48, { alpha: 0.9 })).toBe(4);
      expect(await dispatches(6000, { alpha: 0.9, sample: { seed: 1 } })).toBe(4);
      expect(await dispatches(6000, { alpha: 0.9 })).toBe(6);
    });
  },
);

describe('occQuantizeTensor', () => {
  beforeAll(() => useBackend('cpu'));

  it('says what is wrong with its arguments', () => {
    const x = tensor2d([1, 2], [1, 2]);
    const ints = tensor2d([1], [1, 1], 'int32');
    expect(() => occQuantizeTensor(x, { alpha: 0.5 })).toThrow(
      /occQuantizeTensor: alpha must be above 0\.5 and at most 1, but got 0\.5/,
    );
    expect(() => occQuantizeTensor(x, { alpha: 1, granularity: 'row' as never })).toThrow(
      /granularity must be vector or tensor, but got row/,
    );
    expect(() => occQuantizeTensor(x, { alpha: 1, compensation: 'f16' as never })).toThrow(
      /compensation must be f32 or e4m3, but got f16/,
    );
    expect(() => occQuantizeTensor(x, { alpha: 0.9, sample: { seed: 1, size: 0 } })).toThrow(
      /sample\.size must be a positive integer/,
    );
    expect(() => occQuantizeTensor(ints, { alpha: 1 })).toThrow(/xMK must be float32, but got int32/);
    x.dispose();
    ints.dispose();
  });
});
