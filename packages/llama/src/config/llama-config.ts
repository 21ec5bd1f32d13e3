import { checkCount } from '../kernel/check-tensor.ts';
import { validateRopeScaling } from '../rope/rope-scaling.ts';
import type { RopeScaling } from '../rope/rope-scaling.ts';

/** The shape of a LLaMA model (arXiv 2307.09288): pre-norm blocks of grouped-query attention and SwiGLU. */
export interface LlamaConfig {
  /** As in `nibble models`; any name of your own. */
  readonly name: string;
  /** Tokens of the vocabulary. */
  readonly vocabSize: number;
  /** Width of the residual stream. */
  readonly dim: number;
  /** Blocks. */
  readonly nLayers: number;
  /** Query heads. */
  readonly nHeads: number;
  /** Key and value heads, a divisor of nHeads. */
  readonly nKvHeads: number;
  /** Components per head, even. Default dim / nHeads. */
  readonly headDim?: number;
  /** Hidden width of the feed-forward network. */
  readonly ffnDim: number;
  /** Greatest number of positions. */
  readonly context: number;
  /** Base of the rotary angles. */
  readonly ropeTheta: number;
  /** How the rotary angles are scaled for more positions than the model was first trained on. Default not at all. */
  readonly ropeScaling?: RopeScaling;
  /** Added to the mean square in RMSNorm. */
  readonly normEps: number;
  /** Whether the head shares the weights of the embedding. */
  readonly tiedEmbeddings: boolean;
}

/** Components per attention head. */
export function headDimOf(config: LlamaConfig): number {
  return config.headDim ?? config.dim / config.nHeads;
}

/**
 * Checks that a config describes a model.
 *
 * @throws RangeError naming the field that does not fit
 */
export function validateConfig(config: LlamaConfig): void {
  const { vocabSize, dim, nLayers, nHeads, nKvHeads, ffnDim, context } = config;
  const counts = { vocabSize, dim, nLayers, nHeads, nKvHeads, ffnDim, context };
  for (const [field, value] of Object.entries(counts)) checkCount('LlamaConfig', field, value);
  if (nHeads % nKvHeads !== 0) {
    throw new RangeError(
      `LlamaConfig: nHeads must be a multiple of nKvHeads, but got ${nHeads} and ${nKvHeads}; each key head serves the same number of query heads`,
    );
  }
  const headDim = headDimOf(config);
  if (!Number.isInteger(headDim)) {
    throw new RangeError(
      `LlamaConfig: dim must be a multiple of nHeads, but got ${dim} and ${nHeads}; or set headDim`,
    );
  }
  checkCount('LlamaConfig', 'headDim', headDim, 2);
  if (headDim % 2 !== 0) {
    throw new RangeError(
      `LlamaConfig: headDim must be even, but got ${headDim}; rotary embedding turns pairs of components`,
    );
  }
  if (!(config.ropeTheta > 0)) {
    throw new RangeError(`LlamaConfig: ropeTheta must be positive, but got ${config.ropeTheta}`);
  }
  if (config.ropeScaling !== undefined) validateRopeScaling(config.ropeScaling);
  if (!(config.normEps >= 0)) {
    throw new RangeError(`LlamaConfig: normEps must be at least 0, but got ${config.normEps}`);
  }
}
