/** Kernel name: input qkv `[M, E]`; outputs out `[M, nHeads · headDim]` and logSumExp `[M, nHeads]`. */
export const CAUSAL_ATTENTION = 'NibbleCausalAttention';

/** Kernel name: inputs dy, qkv, out and logSumExp; output dqkv `[M, E]`. */
export const CAUSAL_ATTENTION_GRAD = 'NibbleCausalAttentionGrad';

/** Attributes of both kernels. */
export type AttentionAttrs = {
  batch: number;
  context: number;
  nHeads: number;
  nKvHeads: number;
  headDim: number;
};
