import { layerAt } from '@nibble-ml/recipes';
import type { LlamaConfig } from '@nibble-ml/llama';
import { siteOf } from '../gguf/linear-site.ts';
import { forwardRounding, roundedValues } from '../gguf/weight-rounding.ts';
import type { RecipePhase } from '../training/recipe-phases.ts';

/**
 * The values that the forward product of a linear layer takes in place of a trained weight, de-quantized to float32; norms,
 * embedding and what the recipe leaves in float32 are returned as they are.
 *
 * @param parameter - Name of the weight
 * @param shape - Its shape, `[N, K]` of a linear layer
 * @param phase - What is in force at the checkpoint
 * @throws RangeError when no values can be stored in the weight's place: it is turned before it is quantized, or it is the
 * embedding too, which is not quantized
 */
export function quantizedWeight(
  values: Float32Array,
  parameter: string,
  shape: readonly number[],
  config: LlamaConfig,
  { recipe, isLate }: RecipePhase,
): Float32Array {
  const site = siteOf(parameter);
  const options = { blocks: config.nLayers, isLate };
  if (site === undefined) {
    const head = layerAt(recipe, { role: 'head', block: null }, options);
    if (parameter === 'embedding.weight' && config.tiedEmbeddings && head.weights.format !== 'f32') {
      throw new RangeError(
        `quantizedWeight: the head is quantized under ${recipe.name}, and tied to the embedding, which is not; export the master weights`,
      );
    }
    return values;
  }
  const rounding = forwardRounding(layerAt(recipe, site, options), `quantizedWeight: ${parameter}`);
  return roundedValues(values, shape[0]!, shape[1]!, rounding);
}
