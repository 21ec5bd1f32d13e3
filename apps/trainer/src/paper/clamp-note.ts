import { findModel } from '@nibble-ml/llama';
import { residualWidth } from '@nibble-ml/occ';
import { findRecipe } from '@nibble-ml/recipes';
import type { Arm } from './experiment.ts';

/**
 * Returns, in a sentence, how many activations of a token each recipe with outlier clamping cuts off; undefined when none
 * clamps. Narrow models have rows that are too short for an α near 1 to cut anything.
 *
 * @param model - Name of a model in the zoo.
 */
export function clampNote(arms: readonly Arm[], model: string): string | undefined {
  const { dim, ffnDim } = findModel(model);
  const parts = arms.flatMap(({ recipe }) => {
    const { activations } = findRecipe(recipe).layer;
    if (!('outliers' in activations) || activations.outliers === null) return [];
    const { alpha } = activations.outliers;
    return `\`${recipe}\` (α = ${alpha}) ${residualWidth(alpha, dim)} of ${dim} and ${residualWidth(alpha, ffnDim)} of ${ffnDim}`;
  });
  if (parts.length === 0) return undefined;
  return `Of each token's activations OCC cuts off at most: ${parts.join('; ')}. Where that is 0, the recipe is the one without OCC.`;
}
