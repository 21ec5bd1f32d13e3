import type { LinearSite } from './linear/linear-op.ts';
import type { LayerPrecision } from './layer-precision.ts';
import type { BlockSelection, Recipe } from './recipe.ts';

/** The precision of layers that no recipe is for. */
const F32_LAYER: LayerPrecision = {
  weights: { format: 'f32' },
  activations: { format: 'f32' },
  gradients: { format: 'f32' },
  hadamard: null,
};

/** Where in a model and in a training run a layer is looked up. */
export interface LayerContext {
  /** How many blocks the model has; needed where a recipe counts them from the end. */
  readonly blocks?: number | undefined;
  /** Whether the recipe's late switch has come. */
  readonly isLate: boolean;
}

/**
 * The precision of a linear layer: that of the first override that fits it, else the recipe's own, which a late switch
 * replaces; f32 where the recipe does not list the role.
 */
export function layerAt(
  recipe: Recipe,
  { role, block }: LinearSite,
  { blocks, isLate }: LayerContext,
): LayerPrecision {
  if (!recipe.roles.includes(role)) return F32_LAYER;
  const override = recipe.overrides.find(
    (each) =>
      (each.roles === null || each.roles.includes(role)) &&
      (each.blocks === null || (block !== null && selects(each.blocks, block, blocks))),
  );
  if (override !== undefined) return override.layer;
  return isLate && recipe.switchAt !== null ? recipe.switchAt.layer : recipe.layer;
}

/** Whether a recipe cannot be applied without knowing how many blocks there are. */
export function needsBlockCount({ overrides }: Recipe): boolean {
  return overrides.some(({ blocks }) => blocks !== null && !Array.isArray(blocks) && !('first' in blocks));
}

function selects(selection: BlockSelection, block: number, blocks = 0): boolean {
  if (isList(selection)) return selection.includes(block);
  if ('first' in selection) return block < selection.first;
  if ('last' in selection) return block >= blocks - selection.last;
  if ('firstShare' in selection) return block < Math.ceil(blocks * selection.firstShare);
  return block >= blocks - Math.ceil(blocks * selection.lastShare);
}

function isList(selection: BlockSelection): selection is readonly number[] {
  return Array.isArray(selection);
}
