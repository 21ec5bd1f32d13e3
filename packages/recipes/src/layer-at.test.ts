import { describe, expect, it } from 'vitest';
import { createLinears } from './create-linears.ts';
import { findRecipe } from './find-recipe.ts';
import { layerAt } from './layer-at.ts';
import type { BlockSelection, Recipe } from './recipe.ts';

const paper = findRecipe('fp4-paper');
const bf16 = findRecipe('bf16').layer;
const f32 = findRecipe('f32').layer;

/** The blocks of a model of seven that a selection takes. */
function blocksOf(blocks: BlockSelection | null): number[] {
  const recipe: Recipe = { ...paper, overrides: [{ roles: ['o'], blocks, layer: bf16 }] };
  return Array.from({ length: 7 }, (_, block) => block).filter(
    (block) => layerAt(recipe, { role: 'o', block }, { blocks: 7, isLate: false }) === bf16,
  );
}

describe('layerAt', () => {
  it.each<[BlockSelection | null, number[]]>([
    [null, [0, 1, 2, 3, 4, 5, 6]],
    [
      [0, 5],
      [0, 5],
    ],
    [{ first: 2 }, [0, 1]],
    [{ last: 3 }, [4, 5, 6]],
    [{ firstShare: 0.15 }, [0, 1]],
    [{ lastShare: 0.15 }, [5, 6]],
    [{ lastShare: 1 }, [0, 1, 2, 3, 4, 5, 6]],
  ])('takes of seven blocks with %j the blocks %j', (selection, blocks) => {
    expect(blocksOf(selection)).toEqual(blocks);
  });

  it('leaves other roles and layers outside the blocks alone', () => {
    const recipe: Recipe = { ...paper, overrides: [{ roles: ['o'], blocks: { first: 1 }, layer: bf16 }] };
    const at = { blocks: 7, isLate: false };
    expect(layerAt(recipe, { role: 'qkv', block: 0 }, at)).toBe(paper.layer);
    expect(layerAt(recipe, { role: 'head', block: null }, at)).toEqual(f32);
    const ofHead: Recipe = { ...recipe, roles: ['o', 'head'] };
    expect(layerAt(ofHead, { role: 'head', block: null }, at)).toBe(paper.layer);
  });

  it('takes the first override that fits, also after a late switch', () => {
    const overrides = [
      { roles: null, blocks: [3], layer: f32 },
      { roles: null, blocks: null, layer: bf16 },
    ];
    const recipe: Recipe = { ...paper, overrides, switchAt: { fraction: 0.5, layer: paper.layer } };
    expect(layerAt(recipe, { role: 'o', block: 3 }, { isLate: true })).toBe(f32);
    expect(layerAt(recipe, { role: 'o', block: 2 }, { isLate: true })).toBe(bf16);
  });

  it('keeps the last blocks of nvfp4 in BF16, and all forward products late', () => {
    const nvfp4 = findRecipe('nvfp4');
    const fprop = (block: number, isLate: boolean): string =>
      layerAt(nvfp4, { role: 'fc2', block }, { blocks: 7, isLate }).activations.format;
    expect([4, 5, 6].map((block) => fprop(block, false))).toEqual(['e2m1', 'bf16', 'bf16']);
    expect([4, 5, 6].map((block) => fprop(block, true))).toEqual(['bf16', 'bf16', 'bf16']);
    const late = layerAt(nvfp4, { role: 'fc2', block: 0 }, { blocks: 7, isLate: true });
    expect(late.gradients.format).toBe('perProduct');
  });
});

describe('createLinears', () => {
  it('asks for what a recipe needs to be applied', () => {
    const model = { blocks: 7, inFeatures: { qkv: 8, o: 8, fc1: 8, fc2: 8, head: 8 } };
    expect(() => createLinears(findRecipe('nvfp4'), { model })).toThrow(/number must be given as "steps"/);
    expect(() => createLinears(findRecipe('nvfp4'), { steps: 10 })).toThrow(
      /nvfp4 counts blocks from the end/,
    );
    createLinears(findRecipe('nvfp4'), { model, steps: 10 }).dispose();
  });
});
