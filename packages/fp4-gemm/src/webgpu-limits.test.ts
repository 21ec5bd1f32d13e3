import { tensor2d } from '@tensorflow/tfjs-core';
import { expectNoLeaks, gpuSession, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { f32MatMul } from './f32-matmul/f32-matmul.ts';

// More rows of tiles than a dispatch dimension may have, 65,535. The products of codes: webgpu-limits.slow.test.ts.
const ROWS = 2_097_153;

describe.skipIf(!testBackends.includes('webgpu'))('on webgpu', () => {
  beforeAll(() => useBackend('webgpu'));

  it('f32MatMul takes more tiles than a dispatch dimension has workgroups', async () => {
    await expectNoLeaks(async () => {
      const values = Float32Array.from({ length: ROWS }, (_, i) => i);
      const [a, b] = [tensor2d(values, [ROWS, 1]), tensor2d([2], [1, 1])];
      const c = f32MatMul(a, b);
      const actual = await readFloats(c);
      expect(actual.length).toBe(ROWS);
      expect(actual.findIndex((value, i) => value !== 2 * i)).toBe(-1);
      for (const tensor of [a, b, c]) tensor.dispose();
    });
  });

  it('a result larger than the device can bind is refused by name, with its bytes and the limit', () => {
    const limit = gpuSession()!.device.limits.maxStorageBufferBindingSize;
    const rows = limit / 4096 + 1;
    const [a, b] = [tensor2d(new Float32Array(rows), [rows, 1]), tensor2d(new Float32Array(1024), [1, 1024])];
    expect(() => f32MatMul(a, b)).toThrow(
      `output 0 [${rows}, 1024] of F32MatMul must have at most ${limit} bytes, the largest storage buffer of this device, but has ${rows * 4096}; split it by rows, or use a smaller batch`,
    );
    for (const tensor of [a, b]) tensor.dispose();
  });
});
