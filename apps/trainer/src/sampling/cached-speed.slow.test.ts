import { createDecoder, createLlama, findModel, generate } from '@nibble-ml/llama';
import type { LinearOp, Llama } from '@nibble-ml/llama';
import { createLinears, findRecipe } from '@nibble-ml/recipes';
import { useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';

const TOKENS = 64;
const ROUNDS = 7;

/** Greedy tokens, running the whole text for each; the head on its last row only, which favours this side. */
async function recompute(model: Llama, linear: LinearOp, prompt: readonly number[]): Promise<number[]> {
  const ids = [...prompt];
  const decoder = createDecoder(model, { linear });
  for (let i = 0; i < TOKENS; i++) {
    decoder.truncate(0);
    const logits = await decoder.next(ids);
    ids.push(logits.indexOf(Math.max(...logits)));
  }
  decoder.dispose();
  return ids.slice(prompt.length);
}

async function milliseconds(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

describe('generation of the tiny model on wasm', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([
    ['f32', 128],
    ['fp4-paper', 128],
    ['fp4-direct', 128],
    ['f32', 256],
    ['fp4-paper', 256],
  ])(
    'writes at least 3 times the tokens a second with a cache, in %s at context %i',
    async (name, context) => {
      const model = createLlama({ ...findModel('tiny'), context }, { seed: 1 });
      const { linear, dispose } = createLinears(findRecipe(name));
      const prompt = Array.from({ length: context - TOKENS }, (_, i) => (i * i + 7) % model.config.vocabSize);
      const cached = (): Promise<number[]> =>
        generate(model, prompt, { maxNewTokens: TOKENS, temperature: 0, seed: 1, linear });
      expect(await cached()).toEqual(await recompute(model, linear, prompt));
      const ratios: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const withCache = await milliseconds(cached);
        ratios.push((await milliseconds(() => recompute(model, linear, prompt))) / withCache);
      }
      console.log(`${name} at context ${context}: ${median(ratios).toFixed(2)} times as fast with a cache`);
      expect(median(ratios)).toBeGreaterThanOrEqual(3);
      model.dispose();
      dispose();
    },
  );
});
