import type {
  Estimator,
  GradientFormat,
  LayerPrecision,
  OutlierHandling,
  QuantizedActivations,
  QuantizedWeights,
  UnscaledOperand,
} from '../layer-precision.ts';
import type { Recipe } from '../recipe.ts';

// What the named recipes are put together from.

/** The linear layers of a block; the head stays in f32. */
const BLOCK_LINEARS: Recipe['roles'] = ['qkv', 'o', 'fc1', 'fc2'];

export const STRAIGHT_THROUGH: Estimator = { name: 'straightThrough' };

/** k of arXiv 2501.17116, section 4.1, and the clip of its section 3.1. */
export const DGE: Estimator = { name: 'dge', k: 5, clip: 3 };

/** alpha of arXiv 2501.17116, section 4.1. */
export const OCC: OutlierHandling = { alpha: 0.99, compensation: 'f32' };

/** Weights of exact scales, one per output channel unless said otherwise. */
export function weights(
  format: QuantizedWeights['format'],
  granularity: QuantizedWeights['granularity'] = 'channel',
  estimator: Estimator = STRAIGHT_THROUGH,
): QuantizedWeights {
  return { format, granularity, scale: 'exact', estimator };
}

/** Activations of exact scales, one per token unless said otherwise. */
export function activations(
  format: QuantizedActivations['format'],
  granularity: QuantizedActivations['granularity'] = 'token',
  outliers: OutlierHandling | null = null,
): QuantizedActivations {
  return { format, granularity, scale: 'exact', outliers, clip: null };
}

/** A layer whose backward products take the forward operands. */
export function layerOf(
  weightOperand: QuantizedWeights | UnscaledOperand,
  activationOperand: QuantizedActivations | UnscaledOperand,
  gradient: GradientFormat,
): LayerPrecision {
  return {
    weights: weightOperand,
    activations: activationOperand,
    gradients: { format: gradient },
    hadamard: null,
  };
}

/** All three products of BF16 operands. */
export const BF16_LAYER: LayerPrecision = layerOf({ format: 'bf16' }, { format: 'bf16' }, 'bf16');

/** A recipe whose block linears are all alike. */
export function uniform(name: string, layer: LayerPrecision, description: string, source: string): Recipe {
  return {
    name,
    description,
    source,
    roles: BLOCK_LINEARS,
    layer,
    overrides: [],
    switchAt: null,
  };
}
