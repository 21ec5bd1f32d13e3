import type { GradientFormat, LayerPrecision } from './layer-precision.ts';
import { mapLayers } from './map-layers.ts';
import { parseRecipe } from './parse-recipe.ts';
import type { Recipe } from './recipe.ts';
import { renamed } from './renamed.ts';

/** The formats of output gradients. */
export const gradientFormats: readonly GradientFormat[] = ['f32', 'bf16', 'e5m2', 'int8', 'nvfp4'];

/**
 * The recipe with its output gradients in another format, named after it: `fp4-paper` with `int8` is
 * `fp4-paper-int8`. Layers of unscaled operands keep theirs, unless there are no others. A recipe that has that format
 * already comes back as it is.
 *
 * @throws RangeError when the recipe is for no layer, or the format is unknown
 */
export function withGradients(recipe: Recipe, format: GradientFormat): Recipe {
  if (recipe.layer.gradients.format === format) return recipe;
  if (recipe.roles.length === 0) {
    throw new RangeError(
      `withGradients: the recipe must be for some layer, but ${recipe.name} lists none whose gradients ${format} could be; choose another recipe`,
    );
  }
  const change = (layer: LayerPrecision): LayerPrecision =>
    isUnscaled(layer) && !isUnscaled(recipe.layer) ? layer : { ...layer, gradients: { format } };
  return parseRecipe({
    ...mapLayers(recipe, change),
    name: renamed(recipe.name, new RegExp(`^(${gradientFormats.join('|')})$`), format),
    description: `${recipe.description} Changed: output gradients in ${format}.`,
  });
}

function isUnscaled({ weights, activations, gradients }: LayerPrecision): boolean {
  return !('scale' in weights || 'scale' in activations || gradients.format === 'perProduct');
}
