import { zeros } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { cachedAttention } from '../cached-attention/cached-attention.ts';
import type { BlockCache } from '../cached-attention/cached-attention.ts';
import { headDimOf } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { rope } from '../rope/rope.ts';

/** Positions are allocated so many at a time, so that caches of similar lengths share shapes. */
const POSITIONS_AT_ONCE = 64;

/**
 * Rotated keys and values of the tokens that went before, block by block, in tensors that are made once, for all the
 * positions there will be: 8 · nLayers · nKvHeads · headDim bytes for each. Forward only.
 */
export class KvCache {
  readonly #config: LlamaConfig;
  readonly #blocks: readonly BlockCache[];
  #length = 0;

  /**
   * @param config - of the model
   * @param positions - tokens that the cache will hold at most
   */
  constructor(config: LlamaConfig, positions: number) {
    const kvWidth = config.nKvHeads * headDimOf(config);
    const capacity = Math.ceil(positions / POSITIONS_AT_ONCE) * POSITIONS_AT_ONCE;
    this.#config = config;
    this.#blocks = Array.from({ length: config.nLayers }, () => ({
      keys: zeros([kvWidth, capacity]) as Tensor2D,
      values: zeros([capacity, kvWidth]) as Tensor2D,
    }));
  }

  /** Tokens whose keys and values are held. */
  get length(): number {
    return this.#length;
  }

  /** Forgets all but the first `length` tokens; costs nothing. */
  truncate(length: number): void {
    if (length > this.#length) {
      throw new RangeError(`KvCache: length must be at most ${this.#length}, but got ${length}`);
    }
    this.#length = length;
  }

  /** Attention of the next tokens' rows of one block, whose keys and values are added behind the first `length`. */
  attend(qkvSE: Tensor2D, block: number): Tensor2D {
    const { nHeads, nKvHeads, ropeTheta: theta, ropeScaling: scaling } = this.#config;
    const heads = { nHeads, nKvHeads, headDim: headDimOf(this.#config) };
    const offset = this.#length;
    const rotated = rope(qkvSE, { ...heads, context: qkvSE.shape[0], theta, scaling, offset });
    const attended = cachedAttention(rotated, this.#blocks[block]!, { ...heads, offset });
    rotated.dispose();
    return attended;
  }

  /** To be called when all blocks have attended to `count` tokens. */
  advance(count: number): void {
    this.#length += count;
  }

  /** Frees the tensors. */
  dispose(): void {
    for (const { keys, values } of this.#blocks) {
      keys.dispose();
      values.dispose();
    }
  }
}
