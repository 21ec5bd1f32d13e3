/** Kernel name: inputs qkv `[S, E]`, keys `[kvWidth, capacity]` and values `[capacity, kvWidth]`, which it writes; no output. */
export const CACHE_APPEND = 'NibbleCacheAppend';

/** Kernel name: inputs qkv, keys and values, which hold the rows of qkv already; output attended `[S, nHeads · headDim]`. */
export const CACHED_ATTENTION = 'NibbleCachedAttention';

/** Attributes of both kernels. */
export type CachedAttentionAttrs = {
  nHeads: number;
  nKvHeads: number;
  headDim: number;
  /** Position of the first row of qkv. */
  offset: number;
};
