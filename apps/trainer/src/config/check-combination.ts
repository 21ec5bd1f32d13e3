import type { TrainConfig } from './train-config.ts';

/**
 * Returns what is wrong with settings that are right one by one: each problem as a sentence, empty when there is none.
 *
 * @param config - The resolved settings.
 * @param given - The settings that somebody wrote, and are not defaults.
 */
export function checkCombination(config: TrainConfig, given: ReadonlySet<string>): string[] {
  return [...lateRecipeProblems(config, given), ...validationProblems(config), ...sampleProblems(config)];
}

/** The number of steps after which the late recipe takes over; `Infinity` without one. */
export function lateStepOf({
  lateRecipe,
  lateRecipeAt,
  steps,
}: Pick<TrainConfig, 'lateRecipe' | 'lateRecipeAt' | 'steps'>): number {
  if (lateRecipe === null) return Infinity;
  return lateRecipeAt < 1 ? Math.ceil(lateRecipeAt * steps) : lateRecipeAt;
}

function lateRecipeProblems(config: TrainConfig, given: ReadonlySet<string>): string[] {
  const { recipe, lateRecipe, lateRecipeAt, steps } = config;
  if (lateRecipe === null) {
    return given.has('lateRecipeAt')
      ? ['lateRecipeAt says when lateRecipe takes over, but there is no lateRecipe; name one']
      : [];
  }
  if (lateRecipe === recipe)
    return [`lateRecipe must be another recipe than recipe, but both are ${JSON.stringify(recipe)}`];
  return lateStepOf(config) < steps
    ? []
    : [
        `lateRecipeAt must be before the last step, but ${lateRecipeAt} of ${steps} steps leaves none for ${lateRecipe}`,
      ];
}

function validationProblems({ patience, overfitBatch, evalEvery, steps }: TrainConfig): string[] {
  if (patience === 0) return [];
  if (overfitBatch)
    return ['patience must be 0 with overfitBatch, as validation means nothing there, but got ' + patience];
  return evalEvery > 0 && evalEvery < steps
    ? []
    : [
        `patience counts validations on the way, but with evalEvery ${evalEvery} and ${steps} steps there are none; set evalEvery`,
      ];
}

function sampleProblems({ sampleEvery, sampleTokens }: TrainConfig): string[] {
  return sampleEvery > 0 && sampleTokens === 0
    ? [`sampleTokens must be above 0 with sampleEvery ${sampleEvery}, but got 0`]
    : [];
}
