import { mul, sub, tensor2d, tidy, variableGrads } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { readFloats, seededRandom, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { plainLoss } from '../../test/plain-llama.ts';
import { trainSteps } from '../../test/train-steps.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { findModel } from '../config/model-zoo.ts';
import { createLlama } from './create-llama.ts';

const [STEPS, LEARNING_RATE, BATCH, CONTEXT] = [30, 0.2, 2, 32];
const CONFIG: LlamaConfig = { ...findModel('nano'), nHeads: 4, nKvHeads: 2, ropeTheta: 100 };

function someBatch(): [tokensBT: Tensor2D, targetsBT: Tensor2D] {
  const random = seededRandom(6);
  // A small alphabet, so that thirty steps learn something.
  const ids = Int32Array.from({ length: BATCH * CONTEXT + 1 }, () => Math.floor(random() * 9) * 23);
  const shape: [number, number] = [BATCH, CONTEXT];
  return [tensor2d(ids.slice(0, -1), shape, 'int32'), tensor2d(ids.slice(1), shape, 'int32')];
}

/** Losses of stochastic gradient descent on the graph of stock tfjs ops. */
async function trainPlain(): Promise<number[]> {
  await useBackend('cpu');
  const model = createLlama(CONFIG, { seed: 4 });
  const [tokensBT, targetsBT] = someBatch();
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const { value, grads } = variableGrads(
      () => plainLoss(CONFIG, model.parameters, tokensBT, targetsBT) as Scalar,
      [...model.parameters.values()],
    );
    for (const variable of model.parameters.values()) {
      const gradient = grads[variable.name]!;
      const next = tidy(() => sub(variable, mul(gradient, LEARNING_RATE)));
      variable.assign(next);
      next.dispose();
      gradient.dispose();
    }
    losses.push((await readFloats(value))[0]!);
    value.dispose();
  }
  for (const tensor of [tokensBT, targetsBT]) tensor.dispose();
  model.dispose();
  return losses;
}

describe('thirty steps', { timeout: 400_000 }, () => {
  let plain: number[];
  beforeAll(async () => {
    plain = await trainPlain();
  });

  it.each(testBackends)('on %s follow the graph of stock tfjs ops', async (backend) => {
    await useBackend(backend);
    const model = createLlama(CONFIG, { seed: 4 });
    const [tokensBT, targetsBT] = someBatch();
    const losses = await trainSteps(model, tokensBT, targetsBT, STEPS, LEARNING_RATE);
    expect(plain[0]).toBeCloseTo(Math.log(CONFIG.vocabSize), 1);
    expect(plain.at(-1)).toBeLessThan(3);
    for (const [step, loss] of losses.entries()) {
      expect(Math.abs(loss - plain[step]!), `step ${step}`).toBeLessThan(1e-3);
    }
    for (const tensor of [tokensBT, targetsBT]) tensor.dispose();
    model.dispose();
  });
});
