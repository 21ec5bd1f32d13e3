import type { LlamaConfig } from '@nibble-ml/llama';
import { createLinears } from '@nibble-ml/recipes';
import type { Linears, Recipe } from '@nibble-ml/recipes';
import { lateStepOf } from '../config/check-combination.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { linearModelOf } from './linear-model.ts';
import { recipeOf } from './recipe-of.ts';
import { lateRecipeOf } from './recipe-phases.ts';
import { createSwitchedLinears } from './switched-linears.ts';

/**
 * The linear layers of a run: under its recipe, and from its late switch on under its late recipe. Which of them is in
 * force, `weightsChanged(stepsDone)` decides.
 *
 * @param recipe - in place of the config's first recipe
 * @throws RangeError when there is no such recipe, or the two do not go together
 */
export function createRunLinears(
  config: Pick<TrainConfig, 'recipe' | 'gradients' | 'lateRecipe' | 'lateRecipeAt' | 'seed' | 'steps'>,
  modelConfig: LlamaConfig,
  recipe: Recipe = recipeOf(config),
): Linears {
  const options = { seed: config.seed, steps: config.steps, model: linearModelOf(modelConfig) };
  const first = createLinears(recipe, options);
  const late = lateRecipeOf(config);
  if (late === undefined) return first;
  return createSwitchedLinears(first, createLinears(late, options), lateStepOf(config));
}
