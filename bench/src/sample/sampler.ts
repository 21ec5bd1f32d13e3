import { createDecoder, createLlama, findModel, generate } from '@nibble-ml/llama';
import type { Llama } from '@nibble-ml/llama';
import { createLinears, findRecipe } from '@nibble-ml/recipes';
import type { Linears } from '@nibble-ml/recipes';

/** What is generated: after a prompt of half the context so many tokens, the likeliest ones. */
export interface SampleShape {
  readonly context: number;
  readonly tokens: number;
}

/** The zoo's `tiny`, untrained, in a recipe, that continues a prompt in two ways. */
export interface Sampler {
  readonly recipe: string;
  readonly shape: SampleShape;
  readonly blocks: number;
  readonly width: number;
  /** With the keys and values of what went before. */
  cached(): Promise<number[]>;
  /** Running the whole text for each token, though the head only on its last row. */
  recomputed(): Promise<number[]>;
  dispose(): void;
}

/** Makes a sampler on the current backend. */
export function createSampler(recipe: string, shape: SampleShape): Sampler {
  const config = { ...findModel('tiny'), context: shape.context };
  const model = createLlama(config, { seed: 1 });
  const linears = createLinears(findRecipe(recipe));
  const prompt = Array.from({ length: shape.context / 2 }, (_, i) => (i * i + 7) % config.vocabSize);
  return {
    recipe,
    shape,
    blocks: config.nLayers,
    width: config.dim,
    cached: () =>
      generate(model, prompt, {
        maxNewTokens: shape.tokens,
        temperature: 0,
        seed: 1,
        linear: linears.linear,
      }),
    recomputed: () => recompute(model, linears, prompt, shape.tokens),
    dispose() {
      linears.dispose();
      model.dispose();
    },
  };
}

async function recompute(
  model: Llama,
  { linear }: Linears,
  prompt: readonly number[],
  count: number,
): Promise<number[]> {
  const ids = [...prompt];
  const decoder = createDecoder(model, { linear });
  while (ids.length < prompt.length + count) {
    decoder.truncate(0);
    const logits = await decoder.next(ids);
    ids.push(logits.indexOf(logits.reduce((a, b) => Math.max(a, b))));
  }
  decoder.dispose();
  return ids.slice(prompt.length);
}
