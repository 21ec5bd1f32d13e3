import { findRecipe } from '@nibble-ml/recipes';
import { describe, expect, it } from 'vitest';
import { dependsOnBatch } from './depends-on-batch.ts';

describe('dependsOnBatch', () => {
  it.each([
    'f32',
    'bf16',
    'fp4-paper',
    'fp4-direct',
    'fp4-tensorwise-weights',
    'int4-g32',
    'fp4-channel',
    'mxfp4',
    'quartet',
  ])('%s treats each token by itself', (name) => expect(dependsOnBatch(findRecipe(name))).toBe(false));
  it.each(['fp4-tensorwise', 'fp4-tensorwise-activations', 'nvfp4', 'fp4-all-the-way'])(
    '%s shares a scale of activations',
    (name) => expect(dependsOnBatch(findRecipe(name))).toBe(true),
  );
});
