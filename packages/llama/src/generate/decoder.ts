import { slice, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkIds } from '../kernel/check-ids.ts';
import { checkCount } from '../kernel/check-tensor.ts';
import type { Llama } from '../model/create-llama.ts';
import { forwardHidden, headLogits } from '../model/forward.ts';
import type { LinearOp } from '../model/linear-op.ts';
import { KvCache } from './kv-cache.ts';

/** What generation reads of a model. */
export type GenerativeModel = Pick<Llama, 'config' | 'parameters'>;

/** A sequence that grows, with the keys and values of its tokens. */
export interface Decoder {
  /** Tokens so far. */
  readonly length: number;
  /**
   * Adds tokens, at the cost of their rows alone, and gives the logits of what follows the last of them: with linear
   * layers that treat each row by itself, those of `Llama.forward` over the whole sequence, to the same bits on cpu and
   * wasm.
   *
   * @param ids - at least one
   * @returns float32 `[vocabSize]`
   * @throws RangeError when an id is unknown, or there are more tokens than the decoder was made for
   */
  next(ids: ArrayLike<number>): Promise<Float32Array>;
  /**
   * Forgets all but the first `length` tokens; costs nothing.
   *
   * @throws RangeError when there are fewer
   */
  truncate(length: number): void;
  /** Frees the cache. */
  dispose(): void;
}

/** Options of {@link createDecoder}. */
export interface DecoderOptions {
  /** The linear layers. Weights must not change before the end: what is derived from them is made once. */
  readonly linear: LinearOp;
  /** Tokens that the sequence will have at most; default the model's context. Memory is allocated for all at once. */
  readonly maxTokens?: number;
}

/**
 * Makes a decoder with an empty sequence on the current backend.
 *
 * @throws RangeError when `maxTokens` exceeds the model's context or is no positive integer
 */
export function createDecoder(model: GenerativeModel, options: DecoderOptions): Decoder {
  const { context, dim, vocabSize } = model.config;
  const { linear, maxTokens = context } = options;
  checkCount('createDecoder', 'maxTokens', maxTokens);
  if (maxTokens > context) {
    throw new RangeError(
      `createDecoder: maxTokens must be at most ${context}, the model's context, but got ${maxTokens}`,
    );
  }
  const cache = new KvCache(model.config, maxTokens);
  return {
    get length() {
      return cache.length;
    },
    async next(ids) {
      const tokens = Int32Array.from(ids);
      checkCount('Decoder.next', 'the number of ids', tokens.length);
      checkIds('Decoder.next', 'ids', tokens, vocabSize);
      if (cache.length + tokens.length > maxTokens) {
        throw new RangeError(
          `Decoder.next: there must be at most ${maxTokens} tokens, but got ${cache.length} and ${tokens.length} more; make the decoder for more, or truncate it`,
        );
      }
      const logits = tidy(() => {
        const hidden = forwardHidden(model, tensor1d(tokens, 'int32'), linear, (qkvSE, block) =>
          cache.attend(qkvSE, block),
        );
        // The head is the largest matrix of many models: only the last row needs it.
        const last = slice(hidden, [tokens.length - 1, 0], [1, dim]) as Tensor2D;
        return headLogits(model, last, linear);
      });
      cache.advance(tokens.length);
      const values = (await logits.data()) as Float32Array;
      logits.dispose();
      return values;
    },
    truncate: (length) => cache.truncate(length),
    dispose: () => cache.dispose(),
  };
}
