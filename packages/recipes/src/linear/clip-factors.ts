import { tensor1d, tidy, variable } from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { layerAt } from '../layer-at.ts';
import type { LinearRole, Recipe } from '../recipe.ts';
import type { LinearSite } from './linear-op.ts';

/** The shape of a model, as far as its linear layers go. */
export interface LinearModel {
  /** Blocks, each with one layer of every role but the head. */
  readonly blocks: number;
  /** Columns of the inputs of each role. */
  readonly inFeatures: Readonly<Record<LinearRole, number>>;
}

/**
 * What learned clip factors start from: PrefixQuant's, by the authors of arXiv 2505.14302, which does not print its own
 * (github.com/ChenMnZ/PrefixQuant, quantize/quantizer.py).
 */
export const INITIAL_CLIP = 0.95;

/** The trained variable of a layer's clip factors. */
export function clipName({ role, block }: LinearSite): string {
  return `blocks.${block}.${role}.clip`;
}

/**
 * Makes the learned clip factors of a recipe, float32 `[groups]` each, by name: one for each block of an activation row, or
 * one in all. Empty where the recipe learns none.
 *
 * @throws RangeError when the recipe learns some and the model is not given
 */
export function createClipFactors(
  recipe: Recipe,
  model: LinearModel | undefined,
): ReadonlyMap<string, Variable> {
  const factors = new Map<string, Variable>();
  if (!learnsClips(recipe)) return factors;
  if (model === undefined) {
    throw new RangeError(
      `createLinears: ${recipe.name} learns clip factors, so the shape of the model must be given as "model"`,
    );
  }
  for (let block = 0; block < model.blocks; block++) {
    for (const role of recipe.roles) {
      const site = { role, block };
      const { activations } = layerAt(recipe, site, { blocks: model.blocks, isLate: false });
      if (!('clip' in activations) || activations.clip === null) continue;
      const { granularity } = activations;
      const groups =
        typeof granularity === 'object' ? Math.ceil(model.inFeatures[role] / Number(granularity.block)) : 1;
      const name = clipName(site);
      const start = new Float32Array(groups).fill(INITIAL_CLIP);
      // tfjs has one namespace of variables for all models: only its own numbers are unique there.
      factors.set(
        name,
        tidy(() => variable(tensor1d(start))),
      );
    }
  }
  return factors;
}

/** Whether any layer of a recipe has learned clip factors. */
function learnsClips({ layer, overrides }: Recipe): boolean {
  return [layer, ...overrides.map((each) => each.layer)].some(
    ({ activations }) => 'clip' in activations && activations.clip !== null,
  );
}
