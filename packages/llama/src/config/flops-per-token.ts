import { countParameters } from './count-parameters.ts';
import { headDimOf } from './llama-config.ts';
import type { LlamaConfig } from './llama-config.ts';

/**
 * Floating-point operations of one token's forward pass, a multiply-add counted as two: `2 · (block weights + head)`
 * and, for attention, `4 · nLayers · context · nHeads · headDim`, not halved for the causal mask (arXiv 2204.02311,
 * appendix B). Norms, rotations and activations are left out, as is usual.
 *
 * @param context - tokens per sequence
 */
export function forwardFlopsPerToken(config: LlamaConfig, context: number): number {
  const { vocabSize, dim, nLayers, nHeads } = config;
  const weights = countParameters(config).nonEmbedding + vocabSize * dim;
  return 2 * weights + 4 * nLayers * context * nHeads * headDimOf(config);
}

/**
 * Floating-point operations of training on one token, forward and backward: three times
 * {@link forwardFlopsPerToken}, as the backward pass multiplies each pair of operands twice.
 *
 * @param context - tokens per sequence
 */
export function flopsPerToken(config: LlamaConfig, context: number): number {
  return 3 * forwardFlopsPerToken(config, context);
}
