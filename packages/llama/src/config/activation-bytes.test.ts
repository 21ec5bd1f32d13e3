import { tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { heldBytes } from '../../test/held-bytes.ts';
import type { Checkpointing } from '../model/checkpointing.ts';
import { createLlama } from '../model/create-llama.ts';
import { denseLinear } from '../model/dense-linear.ts';
import { activationBytes, savesInput } from './activation-bytes.ts';
import type { LlamaConfig } from './llama-config.ts';
import { findModel } from './model-zoo.ts';

const [BATCH, CONTEXT] = [4, 48];

/** Bytes held between forward and backward, and at most, measured on the heap of the wasm backend. */
function measure(config: LlamaConfig, checkpointing: Checkpointing): { held: number; most: number } {
  const model = createLlama(config, { seed: 1, checkpointing });
  const ids = new Int32Array(BATCH * CONTEXT).map((_, i) => (i * 7) % config.vocabSize);
  const [tokens, targets] = [0, 0].map(() => tensor2d(ids, [BATCH, CONTEXT], 'int32')) as [
    Tensor2D,
    Tensor2D,
  ];
  heldBytes(model, tokens, targets, denseLinear);
  const bytes = heldBytes(model, tokens, targets, denseLinear);
  for (const tensor of [tokens, targets]) tensor.dispose();
  model.dispose();
  return bytes;
}

describe.skipIf(!testBackends.includes('wasm'))('activationBytes', () => {
  beforeAll(() => useBackend('wasm'));
  const config: LlamaConfig = { ...findModel('nano'), nLayers: 3 };

  it.each(['none', 'block'] as const)(
    'is what is held for the backward pass (checkpointing %s)',
    (checkpointing) => {
      const options = { batch: BATCH, context: CONTEXT, checkpointing, linear: savesInput };
      const bytes = activationBytes(config, options);
      // The loss and its gradient are four bytes each.
      expect(measure(config, checkpointing).held).toBe(bytes.total + 8);
      const deeper = { ...config, nLayers: 5 };
      expect(measure(deeper, checkpointing).held).toBe(bytes.total + 2 * bytes.perBlock + 8);
    },
  );

  it('shrinks most of what a deep model holds at once by block checkpointing', () => {
    const deep = { ...config, nLayers: 12 };
    expect(measure(deep, 'block').most).toBeLessThan(0.4 * measure(deep, 'none').most);
  });

  it('counts what a linear layer keeps instead of its input', () => {
    const options = { batch: BATCH, context: CONTEXT, checkpointing: 'none' as const };
    const inputs: unknown[] = [];
    const { perBlock } = activationBytes(config, {
      ...options,
      linear: (...input) => {
        inputs.push(input);
        return { input: false, bytes: 1 };
      },
    });
    const rows = BATCH * CONTEXT;
    expect(inputs).toEqual([
      ['qkv', rows, 32],
      ['o', rows, 32],
      ['fc1', rows, 32],
      ['fc2', rows, 88],
    ]);
    const kept = activationBytes(config, { ...options, linear: savesInput }).perBlock;
    expect(kept - perBlock).toBe(4 * rows * (32 + 32 + 88) - 4);
  });
});
