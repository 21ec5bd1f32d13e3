// The project `swiftshader` runs the tests of the kernels on SwiftShader through Dawn: a second compiler of the same
// shaders, beside Mesa's. Here is made sure that it is SwiftShader they run on, or said that it is not.
import { gpuSession, testBackends, useBackend } from '@nibble-ml/testing';
import { describe, expect, it } from 'vitest';
import { kernelTests, notOnSwiftShader } from './kernel-tests.ts';

const missing = process.env['NIBBLE_TEST_SWIFTSHADER'] === undefined;

describe('SwiftShader', () => {
  it.skipIf(missing)('is the adapter, and webgpu the only backend', async () => {
    expect(testBackends).toEqual(['webgpu']);
    await useBackend('webgpu');
    expect(gpuSession()!.adapter).toMatch(/swiftshader/i);
    expect(kernelTests().length).toBeGreaterThan(20);
  });
  // Shows what is left out among the skipped tests.
  it.for([...notOnSwiftShader])('runs %s (%s)', ([left, reason], { skip }) => {
    skip(reason);
    expect(kernelTests()).toContain(left);
  });
});
