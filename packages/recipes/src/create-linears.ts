import { createF32Linear } from './f32-linear.ts';
import { createFp4Linear } from './fp4-linear.ts';
import type { Fp4Recipe } from './fp4-linear.ts';
import { GemmLog } from './gemm-log.ts';
import type { GemmRecord } from './gemm-log.ts';
import type { LinearOp } from './linear-op.ts';
import { parseRecipe } from './parse-recipe.ts';
import { RandomStream } from './random-stream.ts';
import type { Recipe } from './recipe.ts';
import { WeightCache } from './weight-cache.ts';

/** The linear layers of a model under a recipe. */
export interface Linears {
  readonly recipe: Recipe;
  /** What a model calls for each of its linear layers. */
  readonly linear: LinearOp;
  /**
   * To be called after each optimizer step: quantized weights are reused until then, and each step draws random numbers
   * of its own. `stepsDone` (default: one more than before) makes a resumed run draw those of the uninterrupted one.
   */
  weightsChanged(stepsDone?: number): void;
  /** Which product ran in which precision on which kernel, so far. */
  gemms(): GemmRecord[];
  /** Frees the quantized weights. */
  dispose(): void;
}

/** Options of {@link createLinears}. */
export interface LinearsOptions {
  /** Seed of stochastic rounding, an integer. Default 0. */
  readonly seed?: number;
}

/**
 * Turns a recipe into the `LinearOp` a model calls. Layers whose role the recipe does not list run in f32.
 *
 * @throws RangeError when the recipe is malformed or combines what no kernel can do
 */
export function createLinears(recipe: Recipe, { seed = 0 }: LinearsOptions = {}): Linears {
  const checked = parseRecipe(recipe);
  const log = new GemmLog();
  const f32 = createF32Linear(log);
  const cache = new WeightCache(
    checked.weights.format === 'e2m1' && checked.weights.granularity === 'tensor' ? 'tensor' : 'vector',
  );
  const random = new RandomStream(seed);
  const quantized =
    checked.weights.format === 'e2m1' && checked.activations.format === 'e2m1'
      ? createFp4Linear(checked as Fp4Recipe, { cache, log, random })
      : f32;
  const roles = new Set(checked.roles);
  return {
    recipe: checked,
    linear: (xMK, wNK, site) => (roles.has(site.role) ? quantized : f32)(xMK, wNK, site),
    weightsChanged: (stepsDone) => {
      cache.clear();
      random.startStep(stepsDone);
    },
    gemms: () => log.list(),
    dispose: () => cache.clear(),
  };
}
