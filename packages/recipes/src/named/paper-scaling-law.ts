import type { Blocks, LayerPrecision } from '../layer-precision.ts';
import type { Recipe } from '../recipe.ts';
import { activations, layerOf, uniform, weights } from './layers.ts';

type Format = 'int4' | 'fp4';

const ELEMENTS = { int4: 'int4', fp4: 'e2m1' } as const;
/** Eight bits of the same kind. */
const WIDE = { int4: 'int8', fp4: 'e4m3' } as const;
const NAMES = { int4: 'INT4', fp4: 'FP4 (E2M1)' } as const;
const SOURCE = 'arXiv 2505.14302, section 4.1 and appendix E';

/** Group sizes of the paper, and 16 for narrower models; null is one scale per token and per output channel. */
const GROUPS = [16, 32, 64, 128, 256, null] as const;

/**
 * W4A4 of arXiv 2505.14302: weights scaled by their largest magnitude; activations too for groups below 256, else with
 * learned clipping. Gradients pass straight through and are not quantized.
 */
function layer(format: Format, group: number | null): LayerPrecision {
  const blocks: Blocks | null = group === null ? null : { block: group };
  const activation = activations(ELEMENTS[format], blocks ?? 'token');
  return layerOf(
    weights(ELEMENTS[format], blocks ?? 'channel'),
    { ...activation, clip: group === null || group >= 256 ? 'learned' : null },
    'f32',
  );
}

function recipesOf(format: Format, group: number | null): Recipe[] {
  const name = `${format}-${group === null ? 'channel' : `g${group}`}`;
  const where = group === null ? 'per token and output channel' : `in groups of ${group}`;
  const clip = group === null || group >= 256 ? ', activations with learned clipping' : '';
  const base = uniform(
    name,
    layer(format, group),
    `${NAMES[format]} weights and activations ${where}${clip}; gradients straight through.`,
    SOURCE,
  );
  const narrow = base.layer;
  const wide = activations(WIDE[format], group === null ? 'token' : { block: group });
  return [
    base,
    {
      ...base,
      name: `${name}-fc2a8`,
      description: `${name} with the input of the FC2 layer in 8 bits (${WIDE[format].toUpperCase()}).`,
      source: 'arXiv 2505.14302, section 4.1 (FC2 input 8-bit)',
      overrides: [{ roles: ['fc2'], blocks: null, layer: { ...narrow, activations: wide } }],
    },
  ];
}

/** The recipes of "Scaling Law for Quantization-Aware Training". */
export const paperScalingLawRecipes: readonly Recipe[] = (['int4', 'fp4'] as const).flatMap((format) =>
  GROUPS.flatMap((group) => recipesOf(format, group)),
);
