import { headDimOf } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import type { LinearModel } from '@nibble-ml/recipes';

/** The shape of a LLaMA model's linear layers. */
export function linearModelOf(config: LlamaConfig): LinearModel {
  const { dim, ffnDim, nHeads, nLayers } = config;
  return {
    blocks: nLayers,
    inFeatures: { qkv: dim, o: nHeads * headDimOf(config), fc1: dim, fc2: ffnDim, head: dim },
  };
}
