import { disposeFp4, fp4Dequantize } from '@nibble-ml/fp4-gemm';
import {
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { dispatchCount } from '@nibble-ml/tfjs-bridge/webgpu';
import { engine, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { compensate } from './compensate/compensate.ts';
import type { Compensation } from './compensation.ts';
import { disposeCompressedRows } from './compressed-rows.ts';
import { occQuantizeTensor } from './occ-quantize-tensor/occ-quantize-tensor.ts';
import { occQuantize } from './occ-quantize/occ-quantize.ts';
import { disposeSparseRows } from './sparse-rows.ts';

const ROWS = 6;

/** X as the op has it, the clamped part and the residual together: what a product with the unit matrix gives. */
async function restore(
  x: Float32Array,
  alpha: number,
  compensation: Compensation,
  quantile: 'token' | 'tensor',
): Promise<Float32Array> {
  const cols = x.length / ROWS;
  return expectNoLeaks(async () => {
    const xMK = tensor2d(x, [ROWS, cols]);
    const unit = tensor2d(
      Float32Array.from({ length: cols * cols }, (_, i) => Number(i % (cols + 1) === 0)),
      [cols, cols],
    );
    const options = { alpha, compensation };
    const { quantized, residual } =
      quantile === 'token' ? occQuantize(xMK, options) : occQuantizeTensor(xMK, options);
    const restored = fp4Dequantize(quantized);
    if (residual !== null) {
      compensate(restored, residual, unit);
      if ('starts' in residual) disposeCompressedRows(residual);
      else disposeSparseRows(residual);
    }
    const values = (await readFloats(restored)).slice();
    disposeFp4(quantized);
    for (const tensor of [xMK, unit, restored]) tensor.dispose();
    return values;
  });
}

/** Largest difference over the largest magnitude of a row. */
function worstOf(x: Float32Array, y: Float32Array): number {
  const amax = x.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return x.reduce((worst, value, i) => Math.max(worst, Math.abs(value - y[i]!)), 0) / (amax || 1);
}

const CASES = (['token', 'tensor'] as const).flatMap((quantile) =>
  (['f32', 'e4m3'] as const).map((compensation) => ({ quantile, compensation })),
);

describe.each(testBackends)('outliers on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each(CASES)('with %o', ({ quantile, compensation }) => {
    it('of constant rows are none', async () => {
      const x = Float32Array.from({ length: ROWS * 40 }, () => -2.5);
      expect(worstOf(x, await restore(x, 0.9, compensation, quantile))).toBeLessThan(2 ** -22);
    });
    it('of all-zero rows are none, beside rows that have some', async () => {
      const x = new Float32Array(ROWS * 40);
      x.set(normalFloats(80, 1), 40);
      const restored = await restore(x, 0.9, compensation, quantile);
      expect(restored.every((value, i) => x[i] !== 0 || value === 0)).toBe(true);
      expect(worstOf(x, restored)).toBeLessThan(0.17);
      expect(restored).not.toEqual(x);
    });
    it('of rows with fewer than 1 / (1 - alpha) elements are none, so that quantization is direct', async () => {
      const x = normalFloats(ROWS * 8, 2);
      const direct = await restore(x, 1, 'f32', quantile);
      expect(await restore(x, 0.99, compensation, quantile)).toEqual(direct);
    });
    it.each([Infinity, -Infinity, NaN])('of a row with %f are none, and its products NaN', async (bad) => {
      const x = normalFloats(ROWS * 40, 3);
      x[95] = bad;
      const restored = await restore(x, 0.9, compensation, quantile);
      for (let row = 0; row < ROWS; row++) {
        const values = restored.subarray(row * 40, (row + 1) * 40);
        expect(values.every(row === 2 ? Number.isNaN : Number.isFinite)).toBe(true);
      }
    });
    it('come back by compensation', async () => {
      const x = normalFloats(ROWS * 100, 4).map((value, i) => (i % 100 === 31 ? 90 : value));
      const restored = await restore(x, 0.97, compensation, quantile);
      for (let row = 0; row < ROWS; row++) {
        const value = restored[row * 100 + 31]!;
        // E4M3 rounds by at most a sixteenth, f32 by its last place; the clamped part rounds to a quarter of a threshold.
        expect(Math.abs(value - 90)).toBeLessThan(compensation === 'e4m3' ? 90 / 16 + 0.5 : 0.5);
      }
    });
  });

  it('cost nothing at alpha 1: the one kernel of fp4Quantize', async () => {
    const calls: string[] = [];
    for (const { quantile, compensation } of CASES) {
      const xMK = tensor2d(normalFloats(600, 5), [2, 300]);
      await xMK.data();
      const spy = vi.spyOn(engine(), 'runKernel');
      const options = { alpha: 1, compensation };
      const { quantized } =
        quantile === 'token' ? occQuantize(xMK, options) : occQuantizeTensor(xMK, options);
      calls.push(...spy.mock.calls.map(([name]) => name));
      spy.mockRestore();
      await readFloats(quantized.scales);
      disposeFp4(quantized);
      xMK.dispose();
    }
    expect(new Set(calls)).toEqual(new Set(['Fp4Quantize']));
    expect(calls).toHaveLength(CASES.length);
  });
});

describe.each(testBackends.filter((backend) => backend === 'webgpu'))('outliers on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('cost no dispatch at alpha 1', async () => {
    const dispatches = async (alpha: number, compensation: Compensation): Promise<number> => {
      const xMK = tensor2d(normalFloats(600, 6), [2, 300]);
      const before = dispatchCount(gpuSession()!.device);
      const { quantized, residual } = occQuantize(xMK, { alpha, compensation });
      const count = dispatchCount(gpuSession()!.device) - before;
      await readFloats(quantized.scales);
      disposeFp4(quantized);
      if (residual !== null) disposeSparseRows(residual);
      xMK.dispose();
      return count;
    };
    expect(await dispatches(1, 'f32')).toBe(1);
    expect(await dispatches(1, 'e4m3')).toBe(1);
    const compensated = await dispatches(0.99, 'f32');
    expect(compensated).toBeGreaterThanOrEqual(1);
    // Rounding the residual is one small dispatch more.
    expect(await dispatches(0.99, 'e4m3')).toBe(compensated + 1);
  });
});
