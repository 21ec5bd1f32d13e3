import type { LayerPrecision } from './layer-precision.ts';
import type { Recipe } from './recipe.ts';

/** The recipe with every layer precision in it changed. */
export function mapLayers(recipe: Recipe, change: (layer: LayerPrecision) => LayerPrecision): Recipe {
  const { layer, overrides, switchAt } = recipe;
  return {
    ...recipe,
    layer: change(layer),
    overrides: overrides.map(({ roles, blocks, layer: own }) => ({ roles, blocks, layer: change(own) })),
    switchAt: switchAt === null ? null : { ...switchAt, layer: change(switchAt.layer) },
  };
}

/** Every layer precision in a recipe. */
export function layersOf({ layer, overrides, switchAt }: Recipe): LayerPrecision[] {
  return [layer, ...overrides.map((each) => each.layer), ...(switchAt === null ? [] : [switchAt.layer])];
}
