import { checkIds } from '../kernel/check-ids.ts';
import { checkCount } from '../kernel/check-tensor.ts';
import type { LinearOp } from '../model/linear-op.ts';
import { RandomStream } from '../model/random.ts';
import { createDecoder } from './decoder.ts';
import type { GenerativeModel } from './decoder.ts';
import { checkSampling, sampleToken } from './sample-token.ts';
import type { SamplingOptions } from './sample-token.ts';

/** Options of {@link generateTokens}. */
export interface GenerateTokensOptions extends SamplingOptions {
  /** How many tokens to add at most. */
  readonly maxNewTokens: number;
  /** Integer; the same seed, model and backend give the same tokens. */
  readonly seed: number;
  /** The linear layers. Weights must not change before the end: what is derived from them is made once. */
  readonly linear: LinearOp;
  /** Ids that end the text, such as that of the end of a text; they are not given out. Default none. */
  readonly stopIds?: readonly number[];
  /** Only ids below it are drawn; default all. For models that have more rows than their vocabulary has tokens. */
  readonly idLimit?: number;
  /** Ends generation before the next token, with an exception. */
  readonly signal?: AbortSignal;
}

/** Options of {@link generate}. */
export interface GenerateOptions extends GenerateTokensOptions {
  /** Called with each token as it is drawn. */
  readonly onToken?: (id: number) => void;
}

/**
 * Continues a prompt; see {@link generateTokens}.
 *
 * @param promptIds - at least one token
 * @returns the new tokens
 * @throws RangeError when the prompt is empty or has an unknown id, or an option does not fit
 * @throws Error when the model gives numbers that are not finite, as one that has diverged does
 * @throws the signal's reason when it aborts
 */
export async function generate(
  model: GenerativeModel,
  promptIds: ArrayLike<number>,
  { onToken, ...options }: GenerateOptions,
): Promise<number[]> {
  const created: number[] = [];
  for await (const id of generateTokens(model, promptIds, options)) {
    created.push(id);
    onToken?.(id);
  }
  return created;
}

/**
 * Continues a prompt one token at a time, keeping the keys and values of what went before, so that a token costs one
 * row of the model. The cache is freed when the iteration ends, by `break` too; start none that you do not end.
 *
 * On cpu and wasm, which compute while they are called, nothing else of the program gets its turn between tokens unless
 * the caller awaits a timer.
 *
 * The model sees at most `context` tokens: of a longer prompt the last ones, and whenever the window is full it is
 * cut to its last `ceil(context / 2)` tokens, which are run again from position 0.
 *
 * @param promptIds - at least one token
 * @throws RangeError, at once, when the prompt is empty or has an unknown id, or an option does not fit
 * @throws Error, from the iteration, when the model gives numbers that are not finite, as one that has diverged does
 * @throws the signal's reason, from the iteration, when it aborts
 */
export function generateTokens(
  model: GenerativeModel,
  promptIds: ArrayLike<number>,
  options: GenerateTokensOptions,
): AsyncGenerator<number, void, undefined> {
  checkCount('generate', 'maxNewTokens', options.maxNewTokens, 0);
  checkCount('generate', 'the length of promptIds', promptIds.length);
  checkIds('generate', 'promptIds', Int32Array.from(promptIds), model.config.vocabSize);
  checkSampling('generate', options);
  if (options.idLimit !== undefined) checkCount('generate', 'idLimit', options.idLimit);
  return tokensOf(model, Array.from(promptIds), options);
}

async function* tokensOf(
  model: GenerativeModel,
  promptIds: readonly number[],
  options: GenerateTokensOptions,
): AsyncGenerator<number, void, undefined> {
  const { maxNewTokens, seed, linear, stopIds = [], signal } = options;
  const { context, vocabSize } = model.config;
  const { idLimit = vocabSize } = options;
  if (maxNewTokens === 0) return;
  const random = new RandomStream(seed, 'generate');
  let window = promptIds.slice(-context);
  const decoder = createDecoder(model, {
    linear,
    maxTokens: Math.min(context, window.length + maxNewTokens),
  });
  try {
    let pending = window;
    for (let count = 0; count < maxNewTokens; count++) {
      signal?.throwIfAborted();
      const logits = await decoder.next(pending);
      const id = sampleToken(logits.subarray(0, idLimit), options, () => random.uniform());
      if (stopIds.includes(id)) return;
      yield id;
      window.push(id);
      pending = [id];
      if (window.length > context) {
        window = window.slice(-Math.ceil(context / 2));
        pending = window.slice();
        decoder.truncate(0);
      }
    }
  } finally {
    decoder.dispose();
  }
}
