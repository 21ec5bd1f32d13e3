import { findRecipe, withGradients } from '@nibble-ml/recipes';
import type { Recipe } from '@nibble-ml/recipes';
import type { TrainConfig } from '../config/train-config.ts';

/**
 * The recipe of a config, with the gradients of the config.
 *
 * @throws RangeError when there is no such recipe, or no kernel for these gradients
 */
export function recipeOf({ recipe, gradients }: Pick<TrainConfig, 'recipe' | 'gradients'>): Recipe {
  const found = findRecipe(recipe);
  return gradients === null ? found : withGradients(found, gradients);
}
