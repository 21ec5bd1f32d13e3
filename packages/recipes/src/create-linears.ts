import { createF32Linear } from './f32-linear.ts';
import { createFp4Linear } from './fp4-linear.ts';
import { GemmLog } from './gemm-log.ts';
import type { GemmRecord } from './gemm-log.ts';
import type { LinearOp } from './linear-op.ts';
import { parseRecipe } from './parse-recipe.ts';
import type { Recipe } from './recipe.ts';
import { WeightCache } from './weight-cache.ts';

/** The linear layers of a model under a recipe. */
export interface Linears {
  readonly recipe: Recipe;
  /** What a model calls for each of its linear layers. */
  readonly linear: LinearOp;
  /** To be called after each change of the weights; quantized weights are reused until then. */
  weightsChanged(): void;
  /** Which product ran in which precision on which kernel, so far. */
  gemms(): GemmRecord[];
  /** Frees the quantized weights. */
  dispose(): void;
}

/**
 * Turns a recipe into the `LinearOp` a model calls. Layers whose role the recipe does not list run in f32.
 *
 * @throws RangeError when the recipe is malformed or combines what no kernel can do
 */
export function createLinears(recipe: Recipe): Linears {
  const checked = parseRecipe(recipe);
  const log = new GemmLog();
  const f32 = createF32Linear(log);
  const cache = new WeightCache(
    checked.weights.format === 'e2m1' && checked.weights.granularity === 'tensor' ? 'tensor' : 'vector',
  );
  const quantized =
    checked.weights.format === 'e2m1' && checked.activations.format === 'e2m1'
      ? createFp4Linear(checked.weights, checked.activations, cache, log)
      : f32;
  const roles = new Set(checked.roles);
  return {
    recipe: checked,
    linear: (xMK, wNK, site) => (roles.has(site.role) ? quantized : f32)(xMK, wNK, site),
    weightsChanged: () => cache.clear(),
    gemms: () => log.list(),
    dispose: () => cache.clear(),
  };
}
