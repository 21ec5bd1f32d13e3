import { blockFormatRecipes } from './named/block-formats.ts';
import { paperFp4Recipes, referenceRecipes } from './named/paper-fp4.ts';
import { paperScalingLawRecipes } from './named/paper-scaling-law.ts';
import type { Recipe } from './recipe.ts';

/** The named recipes, in the order they are listed. */
export const recipes: readonly Recipe[] = [
  ...referenceRecipes,
  ...paperFp4Recipes,
  ...paperScalingLawRecipes,
  ...blockFormatRecipes,
];
