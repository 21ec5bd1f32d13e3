import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { randomBits } from '@nibble-ml/fp4-format';
import { expectNoLeaks, gpuSession, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { fp4MatMulDx } from './fp4-matmul-dx/fp4-matmul-dx.ts';
import { fp4MatMul } from './fp4-matmul/fp4-matmul.ts';
import { matMulReference } from './fp4-matmul/reference.ts';
import type { Fp4Tensor } from './fp4-tensor.ts';
import { disposeFp4 } from './fp4-tensor.ts';
import { gradientProductReference } from './gradient/reference.ts';
import { availableVariants } from './webgpu-variants/webgpu-variant.ts';

const hasGpu = testBackends.includes('webgpu');
if (hasGpu) await useBackend('webgpu');
const variants = hasGpu ? availableVariants(gpuSession()!.device, 'gradient') : [];

// More rows of tiles than a dispatch dimension may have, 65,535: tiles have 8 to 32 rows.
const ROWS = 2_097_153;

function fp4(words: Int32Array, rows: number, cols: number): Fp4Tensor {
  const codes = tensor2d(words, [rows, words.length / rows], 'int32');
  return { rows, cols, codes, scales: tensor1d([0.25]), granularity: 'tensor' } as Fp4Tensor;
}

/** The first index where two arrays differ. A deep comparison of so many values would take seconds. */
function firstDifference(actual: Float32Array, expected: Float32Array): number {
  return actual.length === expected.length ? actual.findIndex((value, i) => value !== expected[i]) : 0;
}

afterEach(() => {
  delete process.env['NIBBLE_WEBGPU_VARIANT'];
});

describe.skipIf(!hasGpu)('more tiles than a dispatch dimension has workgroups', () => {
  it.each(variants)('fp4MatMul and fp4MatMulDx, %s', async (variant) => {
    process.env['NIBBLE_WEBGPU_VARIANT'] = variant;
    const xWords = new Int32Array(randomBits(ROWS, 1).buffer);
    const wWords = new Int32Array(randomBits(1, 2).buffer);
    const dy = Float32Array.from(xWords, (bits) => bits / 3);
    const scales = Float32Array.of(0.25);
    const yExpected = matMulReference(
      { words: xWords, scales, rows: ROWS },
      { words: wWords, scales, rows: 1 },
    );
    const [gradient, seed, cols] = ['f32', 0, 1] as const;
    const dxWords = wWords.map((word) => word & 15);
    const dxExpected = gradientProductReference(dy, ROWS, 1, { words: dxWords, scales, rows: 1 }, 'dx', {
      cols,
      gradient,
      seed,
    });
    await expectNoLeaks(async () => {
      const [x, w, wDx] = [fp4(xWords, ROWS, 8), fp4(wWords, 1, 8), fp4(dxWords, 1, 1)];
      const dyMN = tensor2d(dy, [ROWS, 1]);
      const y = fp4MatMul(x, w);
      expect(firstDifference(await readFloats(y), yExpected)).toBe(-1);
      const dx = fp4MatMulDx(dyMN, wDx);
      expect(firstDifference(await readFloats(dx), dxExpected)).toBe(-1);
      for (const tensor of [dyMN, y, dx]) tensor.dispose();
      for (const tensor of [x, w, wDx]) disposeFp4(tensor);
    });
  });
});
