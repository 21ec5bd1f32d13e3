import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { LinearRole } from './recipe.ts';

/** Where in the model a linear layer stands. */
export interface LinearSite {
  readonly role: LinearRole;
  /** Index of the block, or null outside the blocks. */
  readonly block: number | null;
}

/**
 * A differentiable linear layer: `yMN = xMK · wNKᵀ`.
 *
 * @param xMK - float32 `[M, K]`, one row per token
 * @param wNK - float32 `[N, K]`, one row per output channel
 */
export type LinearOp = (xMK: Tensor2D, wNK: Tensor2D, site: LinearSite) => Tensor2D;
