import { ones, variable, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { dispatchCount } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuSession, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AdamWOptions } from './adamw-options.ts';
import { createAdamW } from './create-adamw.ts';

/** As many tensors as a LLaMA of four blocks has. */
const tensors = 27;

describe.runIf(testBackends.includes('webgpu'))('dispatches on webgpu', () => {
  beforeAll(() => useBackend('webgpu'));

  function dispatchesOfStep(options: AdamWOptions): number {
    const { device } = gpuSession()!;
    const names = Array.from({ length: tensors }, (_, i) => `p${i}`);
    const parameters = new Map<string, Variable>(names.map((name) => [name, variable(ones([5]))]));
    const gradients = new Map<string, Tensor>(names.map((name) => [name, zeros([5])]));
    const optimizer = createAdamW(parameters, options);
    const before = dispatchCount(device);
    optimizer.step(gradients, 0.1).dispose();
    const count = dispatchCount(device) - before;
    optimizer.dispose();
    for (const x of [...parameters.values(), ...gradients.values()]) x.dispose();
    return count;
  }

  it('of a step are as few as the device can bind tensors', () => {
    const bound = gpuSession()!.device.limits.maxStorageBuffersPerShaderStage;
    const statistics = Math.ceil(tensors / (bound - 1));
    const updates = Math.ceil(tensors / Math.floor((bound - 2) / 2));
    expect(dispatchesOfStep({})).toBe(statistics + 1 + updates);
    const codedUpdates = Math.ceil(tensors / Math.min(4, Math.floor((bound - 2) / 2)));
    expect(dispatchesOfStep({ moments: 'mixed' })).toBe(statistics + 1 + 1 + codedUpdates);
  });
});
