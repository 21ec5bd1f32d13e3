import { describe, expect, it } from 'vitest';
import { parseRecipe } from './parse-recipe.ts';
import { findRecipe, recipes } from './recipes.ts';
import { withGradients } from './with-gradients.ts';

const paper = findRecipe('fp4-paper');

describe('parseRecipe', () => {
  it.each(recipes.map((recipe) => [recipe.name, recipe] as const))(
    'takes %s, also through JSON',
    (_, recipe) => {
      expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
    },
  );

  it('refuses an unknown key by name', () => {
    expect(() => parseRecipe({ ...paper, wieghts: {} })).toThrow(/wieghts/);
  });

  it('refuses values out of range', () => {
    const outliers = { alpha: 0.4, compensation: true };
    expect(() => parseRecipe({ ...paper, activations: { ...paper.activations, outliers } })).toThrow(/alpha/);
    const estimator = { name: 'dge', k: 0.5, clip: 3 };
    expect(() => parseRecipe({ ...paper, weights: { ...paper.weights, estimator } })).toThrow(/estimator\.k/);
  });

  it('refuses combinations that no kernel can do', () => {
    expect(() => parseRecipe({ ...paper, activations: { format: 'f32' } })).toThrow(/has no kernel yet/);
    const activations = {
      format: 'e2m1',
      granularity: 'tensor',
      outliers: { alpha: 0.99, compensation: true },
    };
    expect(() => parseRecipe({ ...paper, activations })).toThrow(/outlier clamping works per token/);
  });
});

describe('findRecipe', () => {
  it('has the constants of arXiv 2501.17116, section 4.1', () => {
    expect(paper.weights).toEqual({
      format: 'e2m1',
      granularity: 'channel',
      estimator: { name: 'dge', k: 5, clip: 3 },
    });
    expect(paper.activations).toEqual({
      format: 'e2m1',
      granularity: 'token',
      outliers: { alpha: 0.99, compensation: true },
    });
    expect(paper.roles).toEqual(['qkv', 'o', 'fc1', 'fc2']);
  });

  it('lists the names there are', () => {
    expect(() => findRecipe('fp8')).toThrow(/no recipe "fp8"; the recipes are f32, fp4-paper/);
  });
});

describe('withGradients', () => {
  it('changes the format and the name, and the name finds it again', () => {
    const changed = withGradients(paper, 'int8');
    expect(changed).toMatchObject({
      ...paper,
      name: 'fp4-paper-int8',
      description: expect.any(String),
      gradients: { format: 'int8' },
    });
    expect(findRecipe('fp4-paper-int8')).toEqual(changed);
    expect(withGradients(changed, 'nvfp4').name).toBe('fp4-paper-nvfp4');
    expect(withGradients(paper, 'e5m2')).toBe(paper);
  });

  it('refuses what no kernel can do', () => {
    expect(() => withGradients(findRecipe('f32'), 'int8')).toThrow(
      /gradients int8 with weights f32 has no kernel/,
    );
    expect(() => findRecipe('fp4-paper-int9')).toThrow(/no recipe "fp4-paper-int9"/);
  });
});
