import { profile, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { createDecoder, createLlama, findModel, generate } from '@nibble-ml/llama';
import type { Llama } from '@nibble-ml/llama';
import { createLinears, recipes } from '@nibble-ml/recipes';
import type { LinearOp, Recipe } from '@nibble-ml/recipes';
import { bitsOf, expectNoLeaks, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { dependsOnBatch } from '../evaluation/depends-on-batch.ts';
import { linearModelOf } from '../training/linear-model.ts';

const CONFIG = { ...findModel('nano'), vocabSize: 60, context: 24 };
const IDS = Array.from({ length: 24 }, (_, i) => (i * i * 5 + 7) % 60);

async function logitsAtOnce(model: Llama, linear: LinearOp): Promise<Float32Array> {
  const logits = tidy(() => model.forward(tensor2d(IDS, [1, IDS.length], 'int32'), linear));
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return values;
}

/** The logits after each token from the fourth on, from a cache that is fed one token after the other. */
async function logitsOneByOne(model: Llama, linear: LinearOp): Promise<Float32Array[]> {
  const decoder = createDecoder(model, { linear });
  const rows = [await decoder.next(IDS.slice(0, 4))];
  for (const id of IDS.slice(4)) rows.push(await decoder.next([id]));
  decoder.dispose();
  return rows;
}

function open(recipe: Recipe): { model: Llama; linear: LinearOp; dispose: () => void } {
  const model = createLlama(CONFIG, { seed: 2 });
  const linears = createLinears(recipe, { steps: 1, model: linearModelOf(CONFIG) });
  const dispose = (): void => {
    model.dispose();
    linears.dispose();
  };
  return { model, linear: linears.linear, dispose };
}

describe.runIf(testBackends.includes('wasm'))('generation with a cache', () => {
  beforeAll(() => useBackend('wasm'));

  it.each(
    recipes.filter((recipe) => !dependsOnBatch(recipe)).map((recipe) => [recipe.name, recipe] as const),
  )('has the bits of running the whole text, in %s', async (_, recipe) => {
    await expectNoLeaks(async () => {
      const { model, linear, dispose } = open(recipe);
      const whole = await logitsAtOnce(model, linear);
      for (const [i, row] of (await logitsOneByOne(model, linear)).entries()) {
        expect(bitsOf(row)).toEqual(bitsOf(whole.subarray((i + 3) * 60, (i + 4) * 60)));
      }
      dispose();
    });
  });

  it.each(recipes.filter(dependsOnBatch).map((recipe) => [recipe.name, recipe] as const))(
    'has scales of its own for each token, in %s',
    async (_, recipe) => {
      const { model, linear, dispose } = open(recipe);
      const whole = await logitsAtOnce(model, linear);
      const rows = await logitsOneByOne(model, linear);
      // The prompt is run at once in both; its own tokens share a scale.
      const last = rows.at(-1)!;
      const expected = whole.subarray(23 * 60);
      expect(bitsOf(last)).not.toEqual(bitsOf(expected));
      const spread = Math.sqrt(expected.reduce((sum, value) => sum + value ** 2, 0));
      const error = Math.sqrt(last.reduce((sum, value, i) => sum + (value - expected[i]!) ** 2, 0));
      // Another rounding to four bits, not another model.
      expect(error / spread).toBeLessThan(0.5);
      dispose();
    },
  );

  it.each(['fp4-paper', 'int4-g32', 'nvfp4'])(
    'quantizes weights once, not for each token, in %s',
    async (name) => {
      const { model, linear, dispose } = open(recipes.find((recipe) => recipe.name === name)!);
      const decoder = createDecoder(model, { linear });
      await decoder.next(IDS.slice(0, 4));
      const { kernels } = await profile(async () => void (await decoder.next([1])));
      // What is quantized has one row, that of the token: weights have one for each output channel.
      const quantized = kernels.filter(
        ({ name: kernel }) => /quant/i.test(kernel) && !/matmul/i.test(kernel),
      );
      expect(quantized.length).toBeGreaterThan(0);
      for (const { inputShapes } of quantized) expect(inputShapes[0]![0]).toBe(1);
      decoder.dispose();
      dispose();
    },
  );

  it('gives the same tokens for the same seed', async () => {
    const { model, linear, dispose } = open(recipes.find(({ name }) => name === 'fp4-paper')!);
    const options = { maxNewTokens: 40, temperature: 1, topP: 0.9, linear };
    const first = await generate(model, IDS, { ...options, seed: 4 });
    expect(await generate(model, IDS, { ...options, seed: 4 })).toEqual(first);
    expect(await generate(model, IDS, { ...options, seed: 5 })).not.toEqual(first);
    dispose();
  });
});
