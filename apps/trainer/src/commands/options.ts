import { findRecipe, recipes } from '@nibble-ml/recipes';
import type { BackendRequest } from '../backend/choose-backend.ts';
import { didYouMean } from '../config/nearest.ts';
import { backendChoices } from '../config/train-config.ts';

/**
 * The backend that a flag names.
 *
 * @throws RangeError naming the nearest one
 */
export function backendRequest(name: string): BackendRequest {
  return known('--backend', name, backendChoices);
}

/**
 * The recipe that a flag names.
 *
 * @throws RangeError naming the nearest one
 */
export function recipeName(name: string): string {
  if (isChangedRecipe(name)) return name;
  return known(
    '--recipe',
    name,
    recipes.map((recipe) => recipe.name),
  );
}

/** Whether a name means a recipe of the list, or one that is changed as its name says. */
export function isChangedRecipe(name: string): boolean {
  try {
    findRecipe(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The number that a flag gives.
 *
 * @throws RangeError naming the flag and the range
 */
export function numberIn(
  flag: string,
  value: string,
  [low, high]: readonly [number, number],
  whole: boolean,
): number {
  const number = value.trim() === '' ? NaN : Number(value);
  if (!(number >= low && number <= high) || (whole && !Number.isInteger(number))) {
    throw new RangeError(
      `${flag} must be a ${whole ? 'whole ' : ''}number from ${low.toLocaleString('en')} to ${high.toLocaleString('en')}, but got ${JSON.stringify(value)}`,
    );
  }
  return number;
}

/**
 * The one of the known names that a flag gives.
 *
 * @throws RangeError naming the nearest one
 */
export function known<Name extends string>(flag: string, name: string, names: readonly Name[]): Name {
  const found = names.find((candidate) => candidate === name);
  if (found === undefined) {
    throw new RangeError(
      `${flag} must be one of ${names.join(', ')}, but got ${JSON.stringify(name)}${didYouMean(name, names)}`,
    );
  }
  return found;
}
