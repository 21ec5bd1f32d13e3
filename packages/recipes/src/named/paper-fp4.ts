import type { Recipe } from '../recipe.ts';
import { activations, BF16_LAYER, DGE, layerOf, OCC, uniform, weights } from './layers.ts';

const BF16 = { format: 'bf16' } as const;

/**
 * The recipes of arXiv 2501.17116 and of its ablations (figure 6). Output gradients are E5M2 with one scale in all, as
 * in the released code (MS-AMP); 8 bits are E4M3, as its FP8 GeMMs have them, 16 are BF16.
 */
export const paperFp4Recipes: readonly Recipe[] = [
  uniform(
    'fp4-paper',
    layerOf(weights('e2m1', 'channel', DGE), activations('e2m1', 'token', OCC), 'e5m2'),
    'FP4 weights per output channel with the differentiable gradient estimator, FP4 activations per token with outlier clamping and compensation, output gradients in FP8 (E5M2).',
    'arXiv 2501.17116, sections 3 and 4.1 (k = 5, clip 3, alpha = 0.99); output gradients as in the released code (MS-AMP)',
  ),
  uniform(
    'fp4-direct',
    layerOf(weights('e2m1'), activations('e2m1'), 'e5m2'),
    'The same FP4 operands cast directly: straight-through gradients, no outlier handling.',
    'arXiv 2501.17116, figure 6a (W4A4 without DGE and OCC)',
  ),
  uniform(
    'fp4-dge',
    layerOf(weights('e2m1', 'channel', DGE), activations('e2m1'), 'e5m2'),
    'fp4-direct with the differentiable gradient estimator alone.',
    'arXiv 2501.17116, figure 6b',
  ),
  uniform(
    'fp4-occ',
    layerOf(weights('e2m1'), activations('e2m1', 'token', OCC), 'e5m2'),
    'fp4-direct with outlier clamping and compensation alone.',
    'arXiv 2501.17116, figure 6c',
  ),
  uniform(
    'fp4-tensorwise',
    layerOf(weights('e2m1', 'tensor'), activations('e2m1', 'tensor'), 'e5m2'),
    'fp4-direct with one scale per tensor instead of one per token and channel.',
    'arXiv 2501.17116, figure 6d',
  ),
  uniform(
    'fp4-tensorwise-weights',
    layerOf(weights('e2m1', 'tensor'), activations('e2m1'), 'e5m2'),
    'fp4-direct with one scale per weight tensor; activations keep one per token.',
    'arXiv 2501.17116, figure 6d (coarse weights)',
  ),
  uniform(
    'fp4-tensorwise-activations',
    layerOf(weights('e2m1'), activations('e2m1', 'tensor'), 'e5m2'),
    'fp4-direct with one scale per activation tensor; weights keep one per output channel.',
    'arXiv 2501.17116, figure 6d (coarse activations)',
  ),
  uniform(
    'w8a8',
    layerOf(weights('e4m3', 'tensor'), activations('e4m3', 'tensor'), 'e5m2'),
    'FP8 (E4M3) weights and activations with one scale per tensor: the FP8 that the paper compares with.',
    'arXiv 2501.17116, figure 6a (Transformer Engine, MS-AMP)',
  ),
  uniform(
    'w4a8',
    layerOf(weights('e2m1'), activations('e4m3'), 'e5m2'),
    'FP4 weights with FP8 (E4M3) activations, cast directly.',
    'arXiv 2501.17116, figure 6b',
  ),
  uniform(
    'w4a8-dge',
    layerOf(weights('e2m1', 'channel', DGE), activations('e4m3'), 'e5m2'),
    'w4a8 with the differentiable gradient estimator.',
    'arXiv 2501.17116, figure 6b',
  ),
  uniform(
    'w8a4',
    layerOf(weights('e4m3'), activations('e2m1'), 'e5m2'),
    'FP8 (E4M3) weights with FP4 activations, cast directly. Diverges in the paper.',
    'arXiv 2501.17116, figure 6c',
  ),
  uniform(
    'w8a4-occ',
    layerOf(weights('e4m3'), activations('e2m1', 'token', OCC), 'e5m2'),
    'w8a4 with outlier clamping and compensation.',
    'arXiv 2501.17116, figure 6c',
  ),
  uniform(
    'w4a16',
    layerOf(weights('e2m1'), BF16, 'e5m2'),
    'FP4 weights with BF16 activations, cast directly.',
    'the weights of arXiv 2501.17116, figure 6b, alone',
  ),
  uniform(
    'w4a16-dge',
    layerOf(weights('e2m1', 'channel', DGE), BF16, 'e5m2'),
    'w4a16 with the differentiable gradient estimator.',
    'the weights of arXiv 2501.17116, figure 6b, alone',
  ),
  uniform(
    'w16a4',
    layerOf(BF16, activations('e2m1'), 'e5m2'),
    'BF16 weights with FP4 activations, cast directly.',
    'the activations of arXiv 2501.17116, figure 6c, alone',
  ),
  uniform(
    'w16a4-occ',
    layerOf(BF16, activations('e2m1', 'token', OCC), 'e5m2'),
    'w16a4 with outlier clamping and compensation.',
    'the activations of arXiv 2501.17116, figure 6c, alone',
  ),
];

/** What the others are compared with. */
export const referenceRecipes: readonly Recipe[] = [
  {
    name: 'f32',
    description: 'Everything in 32-bit floating point: the reference that the others are compared with.',
    source: 'none',
    roles: [],
    layer: layerOf({ format: 'f32' }, { format: 'f32' }, 'f32'),
    overrides: [],
    switchAt: null,
  },
  uniform(
    'bf16',
    BF16_LAYER,
    'Operands of all three products rounded to BF16, sums in f32: the baseline of the papers.',
    'arXiv 2501.17116, section 4.1 (baseline)',
  ),
];
