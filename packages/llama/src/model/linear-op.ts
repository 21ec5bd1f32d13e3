import type { Tensor2D, Variable } from '@tensorflow/tfjs-core';

/** What a linear layer is for. */
export type LinearRole = 'qkv' | 'o' | 'fc1' | 'fc2' | 'head';

/** Where in the model a linear layer stands. */
export interface LinearSite {
  /** Which linear layer of the block. */
  readonly role: LinearRole;
  /** Index of the block, or null outside the blocks (the head). */
  readonly block: number | null;
}

/** A differentiable linear layer: `yMN = xMK · wNKᵀ`. */
export interface LinearOp {
  /**
   * @param xMK - float32 `[M, K]`, one row per token
   * @param wNK - float32 `[N, K]`, one row per output channel
   * @returns float32 `[M, N]`
   */
  (xMK: Tensor2D, wNK: Tensor2D, site: LinearSite): Tensor2D;
  /**
   * Trained variables that the layers of a block use besides their weights, if any: with checkpointing, gradients reach no
   * others.
   */
  readonly parametersOf?: (block: number) => readonly Variable[];
}
