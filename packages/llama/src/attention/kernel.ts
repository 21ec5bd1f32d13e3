import type { RopeAngles } from '../rope/angles.ts';

/** Kernel name: input qkv `[M, E]`; outputs out `[M, nHeads · headDim]` and logSumExp `[M, nHeads]`. */
export const CAUSAL_ATTENTION = 'NibbleCausalAttention';

/** Kernel name: inputs dy, qkv, out and logSumExp; output dqkv `[M, E]`. */
export const CAUSAL_ATTENTION_GRAD = 'NibbleCausalAttentionGrad';

/** Attributes of {@link CAUSAL_ATTENTION}. */
export type AttentionAttrs = {
  batch: number;
  context: number;
  nHeads: number;
  nKvHeads: number;
  headDim: number;
};

/** Attributes of {@link CAUSAL_ATTENTION_GRAD}. */
export type AttentionGradAttrs = AttentionAttrs & {
  /**
   * The angles by which queries and keys were rotated, as by `rope` from position 0; their gradients are rotated back.
   * Absent where they were not.
   */
  angles?: RopeAngles;
};
