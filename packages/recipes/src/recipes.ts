import type { Recipe } from './recipe.ts';
import { gradientFormats, withGradients } from './with-gradients.ts';

const BLOCK_LINEARS: Recipe['roles'] = ['qkv', 'o', 'fc1', 'fc2'];

/** The named recipes, in the order they are listed. */
export const recipes: readonly Recipe[] = [
  {
    name: 'f32',
    description: 'Everything in 32-bit floating point: the reference that the others are compared with.',
    source: 'none',
    weights: { format: 'f32' },
    activations: { format: 'f32' },
    gradients: { format: 'f32' },
    roles: [],
  },
  {
    name: 'fp4-paper',
    description:
      'FP4 weights per output channel with the differentiable gradient estimator, FP4 activations per token with outlier clamping and compensation, output gradients in FP8 (E5M2).',
    source:
      'arXiv 2501.17116, sections 3 and 4.1 (k = 5, clip 3, alpha = 0.99); output gradients as in the released code (MS-AMP)',
    weights: { format: 'e2m1', granularity: 'channel', estimator: { name: 'dge', k: 5, clip: 3 } },
    activations: { format: 'e2m1', granularity: 'token', outliers: { alpha: 0.99, compensation: true } },
    gradients: { format: 'e5m2' },
    roles: BLOCK_LINEARS,
  },
  {
    name: 'fp4-direct',
    description: 'The same FP4 operands cast directly: straight-through gradients, no outlier handling.',
    source: 'arXiv 2501.17116, figure 6a (W4A4 without DGE and OCC)',
    weights: { format: 'e2m1', granularity: 'channel', estimator: { name: 'straightThrough' } },
    activations: { format: 'e2m1', granularity: 'token', outliers: null },
    gradients: { format: 'e5m2' },
    roles: BLOCK_LINEARS,
  },
  {
    name: 'fp4-dge',
    description: 'fp4-direct with the differentiable gradient estimator alone.',
    source: 'arXiv 2501.17116, figure 6b',
    weights: { format: 'e2m1', granularity: 'channel', estimator: { name: 'dge', k: 5, clip: 3 } },
    activations: { format: 'e2m1', granularity: 'token', outliers: null },
    gradients: { format: 'e5m2' },
    roles: BLOCK_LINEARS,
  },
  {
    name: 'fp4-occ',
    description: 'fp4-direct with outlier clamping and compensation alone.',
    source: 'arXiv 2501.17116, figure 6c',
    weights: { format: 'e2m1', granularity: 'channel', estimator: { name: 'straightThrough' } },
    activations: { format: 'e2m1', granularity: 'token', outliers: { alpha: 0.99, compensation: true } },
    gradients: { format: 'e5m2' },
    roles: BLOCK_LINEARS,
  },
  {
    name: 'fp4-tensorwise',
    description: 'fp4-direct with one scale per tensor instead of one per token and channel.',
    source: 'arXiv 2501.17116, figure 6d',
    weights: { format: 'e2m1', granularity: 'tensor', estimator: { name: 'straightThrough' } },
    activations: { format: 'e2m1', granularity: 'tensor', outliers: null },
    gradients: { format: 'e5m2' },
    roles: BLOCK_LINEARS,
  },
];

/**
 * The recipe of that name: one of {@link recipes}, or one with its gradients in another format, such as
 * `fp4-paper-f32` or `fp4-paper-int8`.
 *
 * @throws RangeError listing the names there are
 */
export function findRecipe(name: string): Recipe {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (recipe !== undefined) return recipe;
  const [, base, suffix] = /^(.*)-([^-]+)$/.exec(name) ?? [];
  const changed = recipes.find((candidate) => candidate.name === base);
  const format = gradientFormats.find((candidate) => candidate === suffix);
  if (changed === undefined || format === undefined) {
    throw new RangeError(
      `findRecipe: there is no recipe "${name}"; the recipes are ${recipes.map((known) => known.name).join(', ')}`,
    );
  }
  return withGradients(changed, format);
}
