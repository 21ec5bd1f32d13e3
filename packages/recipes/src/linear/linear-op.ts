import type { Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { LinearRole } from '../recipe.ts';

/** Where in the model a linear layer stands. */
export interface LinearSite {
  /** Which linear layer of a block, or the head. */
  readonly role: LinearRole;
  /** Index of the block, or null outside the blocks. */
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
  /** What the layers of a block depend on besides their inputs and weights: a model that runs a block again needs it. */
  readonly parametersOf?: (block: number) => readonly Variable[];
}
