import type { LayerPrecision, Recipe } from '@nibble-ml/recipes';

/**
 * Whether under a recipe what a token becomes depends on the tokens beside it, because a scale of activations is shared
 * by rows: one for the whole tensor, also as the second scale of NVFP4, or blocks of several rows.
 */
export function dependsOnBatch({ layer, overrides, switchAt }: Recipe): boolean {
  const layers = [
    layer,
    ...overrides.map((each) => each.layer),
    ...(switchAt === null ? [] : [switchAt.layer]),
  ];
  return layers.some(sharesScales);
}

function sharesScales({ activations }: LayerPrecision): boolean {
  if (!('granularity' in activations)) return false;
  const { granularity, scale } = activations;
  if (granularity === 'tensor') return true;
  if (granularity === 'token') return false;
  return scale === 'e4m3' || (typeof granularity.block !== 'number' && granularity.block[0] > 1);
}
