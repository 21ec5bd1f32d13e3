import { findModel } from '@nibble-ml/llama';
import { findRecipe, recipes } from '@nibble-ml/recipes';
import type { Recipe } from '@nibble-ml/recipes';
import { expectNoLeaks, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { readOutcome, trainStep } from './train-step.ts';
import { tokensInMemory } from '../data/token-source.ts';
import { createTrainingState } from './training-state.ts';

const STEPS = 30;
const config: TrainConfig = { ...defaultConfig, context: 32, batchSize: 4, steps: STEPS, learningRate: 3e-3 };
const model = { ...findModel('nano'), nLayers: 1, context: config.context, vocabSize: 64 };

/** Five words in turn: there is much to learn in a few steps. */
const tokens = Int32Array.from({ length: 4000 }, (_, i) => ((i % 5) * 11 + Math.floor(i / 5) * 7) % 64);

interface Run {
  readonly losses: number[];
  readonly clips: Map<string, Float32Array>;
}

async function train(recipe: Recipe, changes: Partial<TrainConfig> = {}): Promise<Run> {
  const own = { ...config, ...changes };
  const state = createTrainingState(own, model, recipe, tokensInMemory(tokens));
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const { loss, gradNorm } = await readOutcome(trainStep(state, own, own.learningRate));
    expect(gradNorm).toBeGreaterThan(0);
    losses.push(loss);
  }
  const clips = new Map<string, Float32Array>();
  for (const [name, factors] of state.linears.parameters)
    clips.set(name, (await readFloats(factors)).slice());
  state.dispose();
  return { losses, clips };
}

// The fastest of those that need no GPU: that backends agree is tested where recipes become layers.
describe.skipIf(!testBackends.includes('wasm'))('a run', { timeout: 60_000 }, () => {
  beforeAll(() => useBackend('wasm'));

  it.each(recipes.map((recipe) => [recipe.name, recipe] as const))(
    'learns with %s, and the same twice',
    async (_name, recipe) => {
      const first = await expectNoLeaks(() => train(recipe));
      expect(first.losses.at(-1)).toBeLessThan(first.losses[0]! - 0.5);
      expect(await train(recipe)).toEqual(first);
    },
  );

  it('trains the learned clip factors, also with blocks run again', async () => {
    const recipe = findRecipe('int4-channel-fc2a8');
    const { clips, losses } = await train(recipe);
    expect([...clips.keys()]).toEqual(['qkv', 'o', 'fc1'].map((role) => `blocks.0.${role}.clip`));
    for (const [name, factors] of clips) {
      expect(factors).toHaveLength(1);
      expect(Math.abs(factors[0]! - 0.95), name).toBeGreaterThan(1e-4);
    }
    expect(await train(recipe, { checkpointing: 'block' })).toEqual({ clips, losses });
  });

  it('has another precision after a late switch, and not before', async () => {
    const bf16 = findRecipe('bf16').layer;
    const direct = findRecipe('fp4-direct');
    const [plain, switched] = [
      await train(direct),
      await train({ ...direct, name: 'late', switchAt: { fraction: 0.5, layer: bf16 } }),
    ];
    expect(switched.losses.slice(0, 15)).toEqual(plain.losses.slice(0, 15));
    expect(switched.losses[15]).not.toBe(plain.losses[15]);
  });
});
