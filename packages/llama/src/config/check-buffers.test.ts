import { memory } from '@tensorflow/tfjs-core';
import { gpuSession, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLlama } from '../model/create-llama.ts';
import { checkBuffers } from './check-buffers.ts';
import { findModel } from './model-zoo.ts';

const MIB = 2 ** 20;

describe('checkBuffers', () => {
  const shape = { batch: 8, context: 128 };

  it('passes what fits to the byte', () => {
    // The widest tensor of tiny: gates and values, 1024 rows of 688.
    expect(() => checkBuffers(findModel('tiny'), shape, 4 * 1024 * 688)).not.toThrow();
    expect(() => checkBuffers(findModel('tiny'), shape, 4 * 1024 * 688 - 1)).toThrow(
      'checkBuffers: the tensors of tiny at 8 x 128 tokens must be of at most 2,818,047 bytes on this device, but got gates and values 2,818,048; a batch of 7 fits',
    );
  });
  it('names every parameter that is too large, and the models of the zoo that are not', () => {
    expect(() => checkBuffers(findModel('qat-74m'), shape, 128 * MIB)).toThrow(
      /but got embedding.weight 394,002,432, head.weight 394,002,432; with this vocabulary nano, micro, tiny, qat-70k, .* would fit/,
    );
    expect(() => checkBuffers(findModel('llama-2-7b'), shape, 1)).toThrow(/; use another backend$/);
  });
  it('counts a chunk of logits, not all', () => {
    const wide = { ...findModel('nano'), vocabSize: 100_000 };
    expect(() => checkBuffers(wide, { batch: 64, context: 64 }, 4 * 128 * 100_000)).not.toThrow();
    expect(() => checkBuffers(wide, { batch: 64, context: 64 }, 4 * 128 * 100_000 - 4)).toThrow(
      /a chunk of logits 51,200,000; a batch of 1 fits$/,
    );
  });
});

describe.runIf(testBackends.includes('webgpu'))('createLlama on webgpu', () => {
  beforeAll(() => useBackend('webgpu'));

  it('refuses a model whose parameters the device cannot bind, before it allocates', () => {
    const { limits } = gpuSession()!.device;
    const limit = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
    const huge = { ...findModel('nano'), vocabSize: Math.floor(limit / 4 / 32) + 1 };
    const { numTensors } = memory();
    expect(() => createLlama(huge, { seed: 1 })).toThrow(/checkBuffers: .* but got embedding.weight/);
    expect(memory().numTensors).toBe(numTensors);
  });
});
