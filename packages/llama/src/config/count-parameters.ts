import { headDimOf } from './llama-config.ts';
import type { LlamaConfig } from './llama-config.ts';

/** How many parameters a model has. */
export interface ParameterCount {
  /** All of them. */
  readonly total: number;
  /**
   * The weights of the linear layers in the blocks: the N of arXiv 2505.14302. Neither embedding, head nor norm gains.
   */
  readonly nonEmbedding: number;
}

/** Counts the parameters of a model. */
export function countParameters(config: LlamaConfig): ParameterCount {
  const { vocabSize, dim, nLayers, nHeads, nKvHeads, ffnDim, tiedEmbeddings } = config;
  const headDim = headDimOf(config);
  const attention = (nHeads + 2 * nKvHeads) * headDim * dim + nHeads * headDim * dim;
  const nonEmbedding = nLayers * (attention + 3 * ffnDim * dim);
  const gains = (2 * nLayers + 1) * dim;
  const tables = (tiedEmbeddings ? 1 : 2) * vocabSize * dim;
  return { total: nonEmbedding + gains + tables, nonEmbedding };
}
