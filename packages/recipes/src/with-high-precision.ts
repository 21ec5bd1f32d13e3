import { elementBits } from './element-bits.ts';
import type { LayerPrecision } from './layer-precision.ts';
import { mapLayers } from './map-layers.ts';
import { parseRecipe } from './parse-recipe.ts';
import type { Recipe } from './recipe.ts';
import { renamed } from './renamed.ts';

/** An operand of the linear layers. */
export type OperandKind = 'weights' | 'activations';

const SUFFIX = { weights: 'w16a4', activations: 'w4a16' } as const;

/**
 * The recipe with one operand in BF16 and the other as it was, named after the two: `int4-g32` with its activations in
 * BF16 is `int4-g32-w4a16`, with its weights `int4-g32-w16a4`. arXiv 2505.14302, section 4.2, takes the error of W4A4
 * apart this way.
 *
 * @throws RangeError when the operand that stays has not 4 bits, or the other is in high precision already
 */
export function withHighPrecision(recipe: Recipe, operand: OperandKind): Recipe {
  const other = operand === 'weights' ? 'activations' : 'weights';
  const { layer, name } = recipe;
  if (!('scale' in layer[operand]) || !hasFourBits(layer[other])) {
    throw new RangeError(
      `withHighPrecision: the recipe must quantize its ${operand} and have ${other} in 4 bits, but ${name} has ${operand} in ${layer[operand].format} and ${other} in ${layer[other].format}; choose another recipe`,
    );
  }
  return parseRecipe({
    ...mapLayers(recipe, (each) => ({ ...each, [operand]: { format: 'bf16' } })),
    name: renamed(name, /^w(?:16a4|4a16)$/, SUFFIX[operand]),
    description: `${recipe.description} Changed: ${operand} in bf16.`,
  });
}

function hasFourBits(operand: LayerPrecision[OperandKind]): boolean {
  return 'scale' in operand && elementBits[operand.format] === 4;
}
