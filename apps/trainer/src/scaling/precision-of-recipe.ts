import type { LlamaConfig } from '@nibble-ml/llama';
import { elementBits } from '@nibble-ml/recipes';
import type { LayerPrecision, Recipe } from '@nibble-ml/recipes';

/** How a recipe stands in a scaling law. */
export interface RecipePrecision {
  /** `f32`, `bf16`, `w4a4`, `w4a16` …, with `-fc2-8bit` where the input of FC2 has eight bits. */
  readonly precision: string;
  /** Elements that share a scale; left out in high precision. */
  readonly G?: number;
}

/** As the paper counts: everything that is not quantized has 16. */
const BITS = { f32: 16, bf16: 16, ...elementBits };

/**
 * The precision and group size of a recipe, as scaling laws name them. Scales per token or channel have the hidden size
 * as group size, which reproduces the figures of arXiv 2505.14302. The formats of the forward product decide; FP4 and
 * INT4 are both 4 bits.
 */
export function precisionOfRecipe({ layer, overrides }: Recipe, { dim }: LlamaConfig): RecipePrecision {
  const { weights, activations } = layer;
  const [weightBits, activationBits] = [BITS[weights.format], BITS[activations.format]];
  if (weightBits === 16 && activationBits === 16) return { precision: weights.format };
  const wideFc2 = overrides.some(
    ({ roles, layer: { activations: own } }) =>
      roles?.includes('fc2') === true && BITS[own.format] === 8 && activationBits === 4,
  );
  return {
    precision: `w${weightBits}a${activationBits}${wideFc2 ? '-fc2-8bit' : ''}`,
    G: groupSizeOf(layer, dim),
  };
}

/** Of the coarser operand, which makes most of the error. */
function groupSizeOf({ weights, activations }: LayerPrecision, dim: number): number {
  const sizes = [weights, activations].flatMap((operand) => {
    if (!('granularity' in operand)) return [];
    const { granularity } = operand;
    if (typeof granularity === 'string') return [dim];
    const { block } = granularity;
    return [typeof block === 'number' ? block : block[0] * block[1]];
  });
  return Math.max(...sizes);
}
