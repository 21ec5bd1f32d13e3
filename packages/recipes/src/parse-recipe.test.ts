import { describe, expect, it } from 'vitest';
import { parseRecipe } from './parse-recipe.ts';
import { findRecipe } from './find-recipe.ts';
import { recipes } from './recipes.ts';
import { withDge } from './with-dge.ts';
import { withGradients } from './with-gradients.ts';
import { withHighPrecision } from './with-high-precision.ts';
import { withOcc } from './with-occ.ts';

const paper = findRecipe('fp4-paper');
const quartet = findRecipe('quartet');

function withWeights(change: object): object {
  return { ...paper, layer: { ...paper.layer, weights: { ...paper.layer.weights, ...change } } };
}

function withActivations(change: object): object {
  return { ...paper, layer: { ...paper.layer, activations: { ...paper.layer.activations, ...change } } };
}

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
    const outliers = { alpha: 0.4, compensation: 'f32' };
    expect(() => parseRecipe(withActivations({ outliers }))).toThrow(/alpha/);
    const estimator = { name: 'dge', k: 0.5, clip: 3 };
    expect(() => parseRecipe(withWeights({ estimator }))).toThrow(/layer\.weights\.estimator\.k/);
    const layer = { ...paper.layer, weights: { format: 'fp5' } };
    expect(() => parseRecipe({ ...paper, layer })).toThrow(/layer\.weights\.format/);
    expect(() => parseRecipe({ ...paper, switchAt: { fraction: 1, layer: paper.layer } })).toThrow(
      /switchAt\.fraction/,
    );
    const overrides = [{ roles: null, blocks: { middle: 1 }, layer: paper.layer }];
    expect(() => parseRecipe({ ...paper, overrides })).toThrow(/must be a list of blocks/);
  });

  it.each([
    ['outliers per tensor', withActivations({ granularity: 'tensor' }), /outlier clamping works per token/],
    ['outliers of INT4', withActivations({ format: 'int4' }), /outlier clamping is for E2M1/],
    ['DGE of INT4', withWeights({ format: 'int4' }), /dge is for E2M1 weights/],
    ['DGE of tiles', withWeights({ granularity: { block: [16, 16] } }), /dge is for E2M1 weights/],
    [
      'learned clips with scales of E4M3',
      withActivations({ outliers: null, clip: 'learned', scale: 'e4m3' }),
      /learned clipping is for exact scales/,
    ],
    [
      'learned clips of the head',
      { ...withActivations({ outliers: null, clip: 'learned' }), roles: ['head'] },
      /the head runs in chunks/,
    ],
    ['quest per tensor', withActivations({ outliers: null, scale: 'quest' }), /quest is for E2M1 in blocks/],
    [
      'a Hadamard transform that only the forward product has',
      { ...quartet, layer: { ...quartet.layer, gradients: findRecipe('mxfp4').layer.gradients } },
      /with hadamard 32 the backward products must take/,
    ],
    [
      'a precision for no layer',
      { ...paper, roles: [] },
      /lists no layer that e2m1, e2m1, e5m2 could hold for/,
    ],
    [
      'a late switch that ends learned clipping',
      { ...findRecipe('int4-g256'), switchAt: { fraction: 0.5, layer: paper.layer } },
      /switchAt\.layer\.activations\.clip/,
    ],
    [
      'headroom that fake-quant has not',
      JSON.parse(JSON.stringify(quartet).replaceAll(/"headroom":[\d.]+/g, '"headroom":2')) as object,
      /gradients\.dgrad\.gradient\.headroom/,
    ],
    [
      'an override of another role',
      { ...paper, overrides: [{ roles: ['head'], blocks: null, layer: paper.layer }] },
      /head is not among the roles/,
    ],
  ])('refuses %s', (_, recipe, message) => {
    expect(() => parseRecipe(recipe)).toThrow(message);
  });
});

describe('findRecipe', () => {
  it('has the constants of arXiv 2501.17116, section 4.1', () => {
    expect(paper.layer).toEqual({
      weights: {
        format: 'e2m1',
        granularity: 'channel',
        scale: 'exact',
        estimator: { name: 'dge', k: 5, clip: 3 },
      },
      activations: {
        format: 'e2m1',
        granularity: 'token',
        scale: 'exact',
        outliers: { alpha: 0.99, compensation: 'f32' },
        clip: null,
      },
      gradients: { format: 'e5m2' },
      hadamard: null,
    });
    expect(paper.roles).toEqual(['qkv', 'o', 'fc1', 'fc2']);
  });

  it('knows the recipes of issue and papers by name', () => {
    const names = recipes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const groups = ['g32', 'g64', 'g128', 'g256', 'channel'];
    for (const group of groups) {
      for (const name of [`int4-${group}`, `fp4-${group}`, `int4-${group}-fc2a8`, `fp4-${group}-fc2a8`]) {
        const { activations } = findRecipe(name).layer;
        const isLearned = group === 'g256' || group === 'channel';
        expect('clip' in activations && activations.clip, name).toBe(isLearned ? 'learned' : null);
      }
    }
  });

  it('lists the names there are', () => {
    expect(() => findRecipe('fp8')).toThrow(/no recipe "fp8"; the recipes are f32, bf16, fp4-paper/);
  });
});

describe('a changed recipe', () => {
  it.each([
    ['fp4-paper-int8', withGradients(paper, 'int8')],
    ['fp4-paper-k3', withDge(paper, { k: 3 })],
    ['fp4-direct-k2.5', withDge(findRecipe('fp4-direct'), { k: 2.5 })],
    ['fp4-paper-alpha0.999', withOcc(paper, { alpha: 0.999 })],
    ['fp4-occ-alpha0.97fp8', withOcc(findRecipe('fp4-occ'), { alpha: 0.97, compensation: 'e4m3' })],
    ['w8a4-alpha0.97bare', withOcc(findRecipe('w8a4'), { alpha: 0.97, compensation: null })],
    ['fp4-paper-k3-alpha0.97-f32', withGradients(withOcc(withDge(paper, { k: 3 }), { alpha: 0.97 }), 'f32')],
    ['int4-g32-w4a16', withHighPrecision(findRecipe('int4-g32'), 'activations')],
    ['fp4-channel-fc2a8-w16a4', withHighPrecision(findRecipe('fp4-channel-fc2a8'), 'weights')],
    ['fp4-g32-fc2a8-k3', withDge(findRecipe('fp4-g32-fc2a8'), { k: 3 })],
  ])('has the name %s, which finds it again', (name, recipe) => {
    expect(recipe.name).toBe(name);
    expect(findRecipe(name)).toEqual(recipe);
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
  });

  it('has but what was changed', () => {
    expect(withGradients(paper, 'int8').layer).toEqual({ ...paper.layer, gradients: { format: 'int8' } });
    const { weights, ...others } = withDge(paper, { k: 3 }).layer;
    expect(weights).toEqual({ ...paper.layer.weights, estimator: { name: 'dge', k: 3, clip: 3 } });
    expect({ ...others, weights: paper.layer.weights }).toEqual(paper.layer);
    const changed = withDge(findRecipe('fp4-g32-fc2a8'), { k: 3 });
    expect(changed.overrides[0]!.layer.weights).toEqual(changed.layer.weights);
    const { layer, overrides } = findRecipe('int4-g32-fc2a8');
    const activationsOnly = findRecipe('int4-g32-fc2a8-w16a4');
    expect(activationsOnly.layer).toEqual({ ...layer, weights: { format: 'bf16' } });
    expect(activationsOnly.overrides[0]!.layer).toEqual({
      ...overrides[0]!.layer,
      weights: { format: 'bf16' },
    });
  });

  it('replaces an earlier change of the kind', () => {
    expect(withGradients(withGradients(paper, 'int8'), 'nvfp4').name).toBe('fp4-paper-nvfp4');
    expect(withDge(withDge(paper, { k: 3 }), { k: 10 }).name).toBe('fp4-paper-k10');
    expect(withOcc(withOcc(paper, { alpha: 0.9 }), { alpha: 0.97 }).name).toBe('fp4-paper-alpha0.97');
  });

  it('is the recipe itself where nothing changes', () => {
    expect(withGradients(paper, 'e5m2')).toBe(paper);
    expect(withDge(paper, { k: 5 })).toBe(paper);
    expect(withOcc(paper, { alpha: 0.99 })).toBe(paper);
  });

  it('is refused where there is nothing to change', () => {
    expect(() => withGradients(findRecipe('f32'), 'int8')).toThrow(
      /must be for some layer, but f32 lists none/,
    );
    expect(() => findRecipe('fp4-paper-int9')).toThrow(/no recipe "fp4-paper-int9"/);
    expect(() => withDge(findRecipe('int4-g32'), { k: 3 })).toThrow(/must have E2M1 weights, but int4-g32/);
    expect(() => withOcc(findRecipe('w4a8'), { alpha: 0.9 })).toThrow(/must have E2M1 activations, but w4a8/);
    expect(() => findRecipe('w4a8-w16a4')).toThrow(
      /must quantize its weights and have activations in 4 bits, but w4a8 has weights in e2m1 and activations in e4m3/,
    );
    expect(() => findRecipe('int4-g32-w4a16-w16a4')).toThrow(
      /have activations in 4 bits, but int4-g32-w4a16/,
    );
    expect(() => withOcc(findRecipe('fp4-g32'), { alpha: 0.9 })).toThrow(/outlier clamping works per token/);
  });

  it('keeps layers of BF16 as they are', () => {
    const changed = withGradients(findRecipe('nvfp4'), 'f32');
    expect(changed.layer.gradients).toEqual({ format: 'f32' });
    expect(changed.overrides[0]!.layer.gradients).toEqual({ format: 'bf16' });
  });
});
