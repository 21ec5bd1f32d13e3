import { slice, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { checkIds } from '../kernel/check-ids.ts';
import { checkCount } from '../kernel/check-tensor.ts';
import type { Llama } from '../model/create-llama.ts';
import { forwardLogits } from '../model/forward.ts';
import type { LinearOp } from '../model/linear-op.ts';
import { RandomStream } from '../model/random.ts';
import { KvCache } from './kv-cache.ts';
import { checkSampling, sampleToken } from './sample-token.ts';
import type { SamplingOptions } from './sample-token.ts';

/** Options of {@link generate}. */
export interface GenerateOptions extends SamplingOptions {
  /** How many tokens to add. */
  readonly maxNewTokens: number;
  /** Integer; the same seed, model and backend give the same tokens. */
  readonly seed: number;
  readonly linear: LinearOp;
  /** Called with each token as it is drawn. */
  readonly onToken?: (id: number) => void;
}

/**
 * Continues a prompt, one token at a time, keeping the keys and values of what went before.
 *
 * The model sees at most `context` tokens: of a longer prompt the last ones, and whenever the window is full it is
 * cut to its last `ceil(context / 2)` tokens, which are run again from position 0.
 *
 * @param promptIds - at least one token
 * @returns the new tokens
 * @throws RangeError when the prompt is empty or has an unknown id, or an option does not fit
 */
export async function generate(
  model: Pick<Llama, 'config' | 'parameters'>,
  promptIds: ArrayLike<number>,
  options: GenerateOptions,
): Promise<number[]> {
  const { maxNewTokens, seed, linear, onToken } = options;
  const { context, vocabSize } = model.config;
  checkCount('generate', 'maxNewTokens', maxNewTokens, 0);
  checkCount('generate', 'the length of promptIds', promptIds.length);
  checkIds('generate', 'promptIds', Int32Array.from(promptIds), vocabSize);
  checkSampling('generate', options);

  const random = new RandomStream(seed, 'generate');
  const cache = new KvCache(model.config);
  const created: number[] = [];
  let window = Array.from(promptIds).slice(-context);
  let pending = window;
  try {
    while (created.length < maxNewTokens) {
      const logits = await nextLogits(model, pending, cache, linear);
      const id = sampleToken(logits, options, () => random.uniform());
      created.push(id);
      onToken?.(id);
      window.push(id);
      pending = [id];
      if (window.length > context) {
        window = window.slice(-Math.ceil(context / 2));
        pending = window.slice();
        cache.clear();
      }
    }
  } finally {
    cache.clear();
  }
  return created;
}

/** Logits of the token after `ids`, which follow what the cache holds and are added to it. */
async function nextLogits(
  model: Pick<Llama, 'config' | 'parameters'>,
  ids: readonly number[],
  cache: KvCache,
  linear: LinearOp,
): Promise<Float32Array> {
  const last = tidy(() => {
    const tokens: Tensor1D = tensor1d([...ids], 'int32');
    const logits = forwardLogits(model, tokens, linear, (qkvME, block) => cache.attend(qkvME, block));
    return slice(logits, [ids.length - 1, 0], [1, model.config.vocabSize]);
  });
  const values = (await last.data()) as Float32Array;
  last.dispose();
  return values;
}
