import { concat, keep, matMul, mul, reshape, slice, softmax, transpose } from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { causalAttention } from '../attention/causal-attention.ts';
import { headDimOf } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { runDeterministic } from '../model/run-deterministic.ts';
import { rope } from '../rope/rope.ts';

/** Rotated keys and values of one block, `[nKvHeads, positions, headDim]` each. */
interface BlockCache {
  readonly keys: Tensor3D;
  readonly values: Tensor3D;
}

/** Keys and values of the tokens that went before, block by block. Forward only. */
export class KvCache {
  private readonly config: LlamaConfig;
  private blocks: BlockCache[] = [];

  constructor(config: LlamaConfig) {
    this.config = config;
  }

  /** Forgets everything. */
  clear(): void {
    for (const { keys, values } of this.blocks) {
      keys.dispose();
      values.dispose();
    }
    this.blocks = [];
  }

  /**
   * Attention of the next rows of one block, whose keys and values are added: any number of rows when the block is
   * empty, else one.
   */
  attend(qkvME: Tensor2D, block: number): Tensor2D {
    const { nHeads, nKvHeads, ropeTheta: theta } = this.config;
    const headDim = headDimOf(this.config);
    const before = this.blocks[block];
    const context = qkvME.shape[0];
    const offset = before?.keys.shape[1] ?? 0;
    const rotated = rope(qkvME, { nHeads, nKvHeads, headDim, context, theta, offset });
    const added = [nHeads, nHeads + nKvHeads].map((head) =>
      transpose(
        reshape(slice(rotated, [0, head * headDim], [context, nKvHeads * headDim]), [
          context,
          nKvHeads,
          headDim,
        ]),
        [1, 0, 2],
      ),
    ) as [Tensor3D, Tensor3D];
    const [keys, values] =
      before === undefined
        ? added
        : ([concat([before.keys, added[0]], 1), concat([before.values, added[1]], 1)] as const);
    before?.keys.dispose();
    before?.values.dispose();
    this.blocks[block] = { keys: keep(keys), values: keep(values) };
    if (before === undefined)
      return causalAttention(rotated, { batch: 1, context, nHeads, nKvHeads, headDim });
    return runDeterministic(() => {
      const query = slice(rotated, [0, 0], [1, nHeads * headDim]);
      // The query heads of a group are the rows that meet one key head.
      const grouped = reshape(query, [nKvHeads, nHeads / nKvHeads, headDim]);
      const scores = mul(matMul(grouped, keys, false, true), 1 / Math.sqrt(headDim));
      return reshape(matMul(softmax(scores), values), [1, nHeads * headDim]) as Tensor2D;
    });
  }
}
