import { activationBytes, countParameters, headDimOf } from '@nibble-ml/llama';
import type { BatchShape, LlamaConfig } from '@nibble-ml/llama';
import { residualWidth } from '@nibble-ml/occ';
import type { Recipe } from '@nibble-ml/recipes';
import { linearSaves, packedBytes } from './linear-saves.ts';

/** Bytes that training takes; temporary tensors of single ops are not counted. */
export interface MemoryEstimate {
  /** Float32 weights. Their gradients, at the end of the backward pass, take the same. */
  readonly weights: number;
  /** What is derived from the weights once per step: packed codes and scales, transposed copies for compensation. */
  readonly quantizedWeights: number;
  /** AdamW's moments in float32. */
  readonly optimizer: number;
  /** Moments in FP8 and FP16 (`moments = "mixed"`), their scales left out. */
  readonly mixedOptimizer: number;
  /** Held between forward and backward. */
  readonly activations: number;
  /** The same with block checkpointing, while the backward pass of a block needs all of that block. */
  readonly checkpointedActivations: number;
}

/** Memory that training a model takes under a recipe, by formulas that tests compare with what is allocated. */
export function estimateMemory(config: LlamaConfig, recipe: Recipe, shape: BatchShape): MemoryEstimate {
  const { total } = countParameters(config);
  const options = { ...shape, linear: linearSaves(recipe) };
  const none = activationBytes(config, { ...options, checkpointing: 'none' });
  const block = activationBytes(config, { ...options, checkpointing: 'block' });
  return {
    weights: 4 * total,
    quantizedWeights: quantizedWeightBytes(config, recipe),
    optimizer: 8 * total,
    mixedOptimizer: 3 * total,
    activations: none.total,
    checkpointedActivations: Math.min(none.total, block.total + none.perBlock),
  };
}

function quantizedWeightBytes(config: LlamaConfig, { weights, activations, roles }: Recipe): number {
  if (weights.format === 'f32' || activations.format === 'f32') return 0;
  const { vocabSize, dim, nLayers, nHeads, nKvHeads, ffnDim } = config;
  const headDim = headDimOf(config);
  const shapes: Record<Recipe['roles'][number], [outFeatures: number, inFeatures: number, count: number]> = {
    qkv: [(nHeads + 2 * nKvHeads) * headDim, dim, nLayers],
    o: [dim, nHeads * headDim, nLayers],
    fc1: [2 * ffnDim, dim, nLayers],
    fc2: [dim, ffnDim, nLayers],
    head: [vocabSize, dim, 1],
  };
  const { outliers } = activations;
  const compensates = (depth: number): boolean =>
    outliers?.compensation === true && residualWidth(outliers.alpha, depth) > 0;
  return roles
    .map((role) => shapes[role])
    .reduce((sum, [out, depth, count]) => {
      const codes = packedBytes(out, depth, weights.granularity === 'channel' ? out : 1);
      return sum + count * (codes + (compensates(depth) ? 4 * out * depth : 0));
    }, 0);
}
