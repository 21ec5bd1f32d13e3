import { activationBytes, countParameters, headDimOf } from '@nibble-ml/llama';
import type { ActivationBytes, BatchShape, Checkpointing, LlamaConfig } from '@nibble-ml/llama';
import { layerAt } from '@nibble-ml/recipes';
import type { LayerPrecision, LinearRole, Recipe } from '@nibble-ml/recipes';
import { linearModelOf } from '../training/linear-model.ts';
import { derivedWeightBytes } from './derived-weights.ts';
import { linearSaves } from './linear-saves.ts';

/** Bytes that training takes; temporary tensors of single ops are not counted. */
export interface MemoryEstimate {
  /** Float32 weights. Their gradients, at the end of the backward pass, take the same. */
  readonly weights: number;
  /** What is derived from the weights once per step: packed codes and scales, simulated values, transposed copies. */
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
  const blocks = Array.from({ length: config.nLayers }, (_, block) => block);
  const layerOf = (role: LinearRole, block: number | null): LayerPrecision =>
    layerAt(recipe, { role, block }, { blocks: config.nLayers, isLate: false });
  const bytesOf = (checkpointing: Checkpointing, block: number): ActivationBytes =>
    activationBytes(config, {
      ...shape,
      checkpointing,
      linear: (role, rows, inFeatures) => linearSaves(layerOf(role, block), rows, inFeatures),
    });
  const perBlock = blocks.map((block) => bytesOf('none', block).perBlock);
  const [none, block] = [bytesOf('none', 0), bytesOf('block', 0)];
  const activations =
    none.total - config.nLayers * none.perBlock + perBlock.reduce((sum, each) => sum + each);
  return {
    weights: 4 * total,
    quantizedWeights: quantizedWeightBytes(config, recipe, layerOf),
    optimizer: 8 * total,
    mixedOptimizer: 3 * total,
    activations,
    checkpointedActivations: Math.min(activations, block.total + Math.max(...perBlock)),
  };
}

function quantizedWeightBytes(
  config: LlamaConfig,
  { roles }: Recipe,
  layerOf: (role: LinearRole, block: number | null) => LayerPrecision,
): number {
  const { vocabSize, dim, nLayers, nHeads, nKvHeads, ffnDim } = config;
  const headDim = headDimOf(config);
  const outFeatures: Record<LinearRole, number> = {
    qkv: (nHeads + 2 * nKvHeads) * headDim,
    o: dim,
    fc1: 2 * ffnDim,
    fc2: dim,
    head: vocabSize,
  };
  const { inFeatures } = linearModelOf(config);
  let bytes = 0;
  for (const role of roles) {
    const blocks = role === 'head' ? [null] : Array.from({ length: nLayers }, (_, block) => block);
    for (const block of blocks) {
      bytes += derivedWeightBytes(layerOf(role, block), outFeatures[role], inFeatures[role]);
    }
  }
  return bytes;
}
