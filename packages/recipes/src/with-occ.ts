import type { OutlierHandling } from './layer-precision.ts';
import { layersOf, mapLayers } from './map-layers.ts';
import { parseRecipe } from './parse-recipe.ts';
import type { Recipe } from './recipe.ts';
import { renamed } from './renamed.ts';

/** Options of {@link withOcc}. */
export interface WithOccOptions {
  /** Two-sided quantile: 0.999, 0.99 and 0.97 in arXiv 2501.17116, figure 6c. */
  readonly alpha: number;
  /** How what was cut off is multiplied; default as the recipe has it, `f32` where it clamps nothing. */
  readonly compensation?: OutlierHandling['compensation'];
}

/**
 * The recipe with outlier clamping (arXiv 2501.17116, section 3.2) of its E2M1 activations, named after alpha:
 * `fp4-paper` with alpha = 0.999 is `fp4-paper-alpha0.999`; with compensation in FP8 (`e4m3`) `-alpha0.999fp8`, without
 * `-alpha0.999bare`. A recipe that has these settings already comes back as it is.
 *
 * @throws RangeError when the recipe has no E2M1 activations per token, or alpha is out of range
 */
export function withOcc(recipe: Recipe, { alpha, compensation }: WithOccOptions): Recipe {
  const quantized = layersOf(recipe).flatMap(({ activations }) =>
    'outliers' in activations && activations.format === 'e2m1' ? [activations] : [],
  );
  const [first] = quantized;
  if (first === undefined) {
    throw new RangeError(
      `withOcc: the recipe must have E2M1 activations, but ${recipe.name} has none; choose another recipe`,
    );
  }
  const before = first.outliers === null ? 'f32' : first.outliers.compensation;
  const outliers: OutlierHandling = {
    alpha,
    compensation: compensation === undefined ? before : compensation,
  };
  if (quantized.every((each) => isSame(each.outliers, outliers))) return recipe;
  const changed = mapLayers(recipe, (layer) => {
    const { activations } = layer;
    if (!('outliers' in activations) || activations.format !== 'e2m1') return layer;
    return { ...layer, activations: { ...activations, outliers } };
  });
  const how = { f32: '', e4m3: 'fp8', bare: 'bare' }[outliers.compensation ?? 'bare'];
  return parseRecipe({
    ...changed,
    name: renamed(recipe.name, /^alpha/, `alpha${alpha}${how}`),
    description: `${recipe.description} Changed: outliers clamped at alpha = ${alpha}, ${outliers.compensation === null ? 'not compensated' : `compensated in ${outliers.compensation}`}.`,
  });
}

function isSame(a: OutlierHandling | null, b: OutlierHandling): boolean {
  return a !== null && a.alpha === b.alpha && a.compensation === b.compensation;
}
