import { createHash } from 'node:crypto';
import { add, customGrad, tensor2d } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { createLlama, findModel, valueAndGrads } from '@nibble-ml/llama';
import type { Checkpointing, LlamaConfig } from '@nibble-ml/llama';
import { createAdamW } from '@nibble-ml/optim';
import { createLinears, recipes } from '@nibble-ml/recipes';
import type { Recipe } from '@nibble-ml/recipes';
import { meterHeap, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { linearModelOf } from '../training/linear-model.ts';
import { estimateMemory } from './memory-estimate.ts';

const SHAPE = { batch: 2, context: 24 };
// Wide enough for the clamping of outliers to cut something off.
const CONFIG: LlamaConfig = { ...findModel('tiny'), vocabSize: 256, nLayers: 2 };

/** What a first step allocates on wasm, and its loss and gradients. */
async function measure(recipe: Recipe, checkpointing: Checkpointing) {
  const linears = createLinears(recipe, { steps: 10, model: linearModelOf(CONFIG) });
  const ids = new Int32Array(SHAPE.batch * SHAPE.context).map((_, i) => (i * 7) % CONFIG.vocabSize);
  const batch = (): Tensor2D => tensor2d(ids, [SHAPE.batch, SHAPE.context], 'int32');
  const [tokens, targets] = [batch(), batch()];
  const meter = meterHeap();
  const model = createLlama(CONFIG, { seed: 1, checkpointing });
  const weights = meter.used();
  const evaluated = model.loss(tokens, targets, linears.linear);
  evaluated.dispose();
  const derived = meter.used() - weights;
  let held = Number.NaN;
  const note = customGrad((loss) => ({
    value: add(loss as Tensor, 0),
    gradFunc: (dy: Tensor) => {
      held = meter.used() - weights - derived;
      return add(dy, 0);
    },
  }));
  const { value, grads } = valueAndGrads(
    () => note(model.loss(tokens, targets, linears.linear)) as Scalar,
    model.parameters,
  );
  meter.stop();
  const results = await Promise.all([value, ...grads.values()].map(readFloats));
  for (const tensor of [value, tokens, targets, ...grads.values()]) tensor.dispose();
  model.dispose();
  linears.dispose();
  const digest = createHash('sha256');
  for (const values of results) digest.update(values);
  return { weights, derived, held, results: digest.digest('hex') };
}

describe.skipIf(!testBackends.includes('wasm'))('estimateMemory', { timeout: 60_000 }, () => {
  beforeAll(() => useBackend('wasm'));
  // The table of rotary angles stays with the backend; it is made when it is first needed.
  beforeAll(() => measure(recipes[0]!, 'none'));

  it.each(recipes.map((recipe) => [recipe.name, recipe] as const))(
    'is what %s allocates',
    async (_name, recipe) => {
      const estimate = estimateMemory(CONFIG, recipe, SHAPE);
      const whole = await measure(recipe, 'none');
      expect(whole.weights).toBe(estimate.weights);
      expect(whole.derived).toBe(estimate.quantizedWeights);
      // The loss and its gradient are four bytes each.
      expect(whole.held).toBe(estimate.activations + 8);

      const blocks = await measure(recipe, 'block');
      const saved = (estimate.activations - headAndNorm()) / CONFIG.nLayers;
      expect(blocks.held + saved).toBe(estimate.checkpointedActivations + 8);
      expect(blocks.results).toEqual(whole.results);
    },
  );

  it('keeps less than a fifth of the inputs of FP4 linears', () => {
    const wide = findModel('fp4-400m');
    const shape = { batch: 1, context: 2048 };
    const f32 = estimateMemory(
      wide,
      recipes.find(({ name }) => name === 'f32')!,
      shape,
    ).activations;
    const fp4 = estimateMemory(
      wide,
      recipes.find(({ name }) => name === 'fp4-paper')!,
      shape,
    ).activations;
    // Of the four inputs of a block, those of qkv, fc1 and fc2 are kept for the linears alone.
    const inputs = 4 * 2048 * (wide.dim + wide.dim + wide.ffnDim) * wide.nLayers;
    expect(inputs - (f32 - fp4)).toBeLessThan(0.2 * (inputs + 4 * 2048 * wide.dim * wide.nLayers));
  });

  it('has the moments of AdamW', () => {
    const model = createLlama(CONFIG, { seed: 1 });
    const meter = meterHeap();
    const optimizer = createAdamW(model.parameters, {});
    const { optimizer: bytes } = estimateMemory(CONFIG, recipes[0]!, SHAPE);
    // Beside the moments the optimizer may keep a few numbers of its own.
    expect(meter.used()).toBeGreaterThanOrEqual(bytes);
    expect(meter.used()).toBeLessThan(bytes + 1024);
    meter.stop();
    optimizer.dispose();
    model.dispose();
  });
});

/** The final norm's input and the head's gradients. */
function headAndNorm(): number {
  const { dim, vocabSize } = CONFIG;
  return 4 * (SHAPE.batch * SHAPE.context * (2 * dim + 1) + vocabSize * dim);
}
