import { DGE } from './named/layers.ts';
import { layersOf, mapLayers } from './map-layers.ts';
import { parseRecipe } from './parse-recipe.ts';
import type { Recipe } from './recipe.ts';
import { renamed } from './renamed.ts';

/** Options of {@link withDge}. */
export interface WithDgeOptions {
  /** k of the surrogate |u|^(1/k), from 1 to 100: 3, 5 and 10 in arXiv 2501.17116, figure 6b. */
  readonly k: number;
}

/**
 * The recipe with the differentiable gradient estimator (arXiv 2501.17116, section 3.1) on its E2M1 weights, named after
 * k: `fp4-paper` with k = 3 is `fp4-paper-k3`. The clip stays what it was, 3 where there was none. A recipe that has that k
 * already comes back as it is.
 *
 * @throws RangeError when the recipe has no E2M1 weights, or k is out of range
 */
export function withDge(recipe: Recipe, { k }: WithDgeOptions): Recipe {
  const quantized = layersOf(recipe).flatMap(({ weights }) =>
    'estimator' in weights && weights.format === 'e2m1' ? [weights] : [],
  );
  if (quantized.length === 0) {
    throw new RangeError(
      `withDge: the recipe must have E2M1 weights, but ${recipe.name} has none; choose another recipe`,
    );
  }
  if (quantized.every(({ estimator }) => estimator.name === 'dge' && estimator.k === k)) return recipe;
  const changed = mapLayers(recipe, (layer) => {
    const { weights } = layer;
    if (!('estimator' in weights) || weights.format !== 'e2m1') return layer;
    const before = weights.estimator.name === 'dge' ? weights.estimator : DGE;
    return { ...layer, weights: { ...weights, estimator: { ...before, k } } };
  });
  return parseRecipe({
    ...changed,
    name: renamed(recipe.name, /^k[\d.]+$/, `k${k}`),
    description: `${recipe.description} Changed: gradient estimator with k = ${k}.`,
  });
}
