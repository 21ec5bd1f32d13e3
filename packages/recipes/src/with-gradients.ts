import { parseRecipe } from './parse-recipe.ts';
import type { Recipe } from './recipe.ts';

/** What the output gradients of a layer may be rounded to before the backward products. */
export type GradientFormat = Recipe['gradients']['format'];

/** The formats of output gradients. */
export const gradientFormats: readonly GradientFormat[] = ['f32', 'e5m2', 'int8', 'nvfp4'];

/**
 * The recipe with its output gradients in another format, named after it: `fp4-paper` with `int8` is
 * `fp4-paper-int8`. A recipe that has that format already comes back as it is.
 *
 * @throws RangeError when no kernel can do it
 */
export function withGradients(recipe: Recipe, format: GradientFormat): Recipe {
  if (recipe.gradients.format === format) return recipe;
  const base = recipe.name.replace(new RegExp(`-(${gradientFormats.join('|')})$`), '');
  return parseRecipe({
    ...recipe,
    name: `${base}-${format}`,
    description: `${recipe.description} Changed: output gradients in ${format}.`,
    gradients: { format },
  });
}
