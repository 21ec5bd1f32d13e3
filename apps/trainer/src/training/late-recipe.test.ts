import { findRecipe } from '@nibble-ml/recipes';
import { useBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallRuns, tensorsOf, timelessMetrics } from '../../test/small-run.ts';
import type { SmallRuns } from '../../test/small-run.ts';
import { defaultConfig } from '../config/train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { ownValidation } from '../evaluation/own-validation.ts';
import { evaluate } from './evaluate.ts';
import { loadTrained } from './load-trained.ts';
import { describeProducts, productsOf, recipePhases } from './recipe-phases.ts';

const STEPS = 8;
let runs: SmallRuns;
beforeAll(() => {
  runs = smallRuns();
});
afterAll(() => runs.remove());

const lossesOf = (dir: string): unknown[] =>
  timelessMetrics(dir).flatMap(({ type, loss }) => (type === 'step' ? [loss] : []));

/** What a resumed process adds is what it ran itself: kernels are known of both recipes only to one that ran both. */
const linesOnTheWay = (dir: string): object[] =>
  timelessMetrics(dir).filter(({ type }) => type !== 'products' && type !== 'kernels' && type !== 'done');

describe('a late recipe', { timeout: 60_000 }, () => {
  // Between them: packed codes, random numbers, a switch of the recipe's own, and clip factors that begin or end with it.
  it.each([
    ['fp4-paper', 'bf16'],
    ['nvfp4', 'fp4-paper-int8'],
    ['bf16', 'int4-channel'],
    ['int4-channel', 'mxfp4'],
  ])('takes over from %s: %s, and a run resumed on either side gives the same bits', async (recipe, late) => {
    const settings: Partial<TrainConfig> = {
      recipe,
      lateRecipe: late,
      lateRecipeAt: 5,
      steps: STEPS,
      evalEvery: 5,
      checkpointEvery: 2,
      keepCheckpoints: 9,
    };
    const whole = await runs.train(`${recipe}-${late}`, settings);
    expect(whole.events).toContain('switched 6');
    for (const stopAfter of recipe === 'fp4-paper' ? [4, 5, 6] : [4, 6]) {
      const { dir, done } = await runs.train(`${recipe}-${late}-${stopAfter}`, settings, { stopAfter });
      expect(done).toBeUndefined();
      await runs.resume(dir);
      expect(tensorsOf(dir, STEPS)).toEqual(tensorsOf(whole.dir, STEPS));
      expect(linesOnTheWay(dir)).toEqual(linesOnTheWay(whole.dir));
    }
  });

  it('changes nothing before its step, and what is trained from there on', async () => {
    const settings = { recipe: 'fp4-paper', steps: STEPS };
    const plain = await runs.train('plain', settings);
    const switched = await runs.train('switched', { ...settings, lateRecipe: 'bf16', lateRecipeAt: 0.5 });
    expect(lossesOf(switched.dir).slice(0, 4)).toEqual(lossesOf(plain.dir).slice(0, 4));
    expect(lossesOf(switched.dir)[4]).not.toBe(lossesOf(plain.dir)[4]);
    const lines = timelessMetrics(switched.dir).filter(({ type }) => type === 'recipe');
    expect(lines).toMatchObject([
      { step: 1, recipe: 'fp4-paper', isLate: false },
      { step: 5, recipe: 'bf16', isLate: false },
    ]);
    expect(lines[1]!['products']).toContainEqual({
      role: 'fc2',
      gemm: 'fprop',
      precision: 'BF16 x BF16, values in f32 products',
    });
  });

  it('is what a run is evaluated and sampled in after it, and not before', async () => {
    const settings = {
      recipe: 'fp4-direct',
      lateRecipe: 'f32',
      lateRecipeAt: 4,
      checkpointEvery: 3,
      steps: 6,
    };
    const { dir, done } = await runs.train('evaluated', settings);
    await useBackend('wasm');
    const last = loadTrained(dir);
    expect(last.linears.recipe.name).toBe('f32');
    const { model, linears, tokenizer } = last;
    const tokens = await ownValidation(dir, { note: () => {}, signal: new AbortController().signal });
    const { lossNats } = await evaluate({ model, linear: linears.linear, tokens, tokenizer, batchSize: 4 });
    expect(Math.abs(lossNats - done!.valLoss)).toBeLessThan(1e-6);
    linears.weightsChanged(3);
    expect(linears.recipe.name).toBe('fp4-direct');
    linears.dispose();
    model.dispose();
    const before = loadTrained(dir, undefined, 3);
    expect(before.linears.recipe.name).toBe('fp4-direct');
    before.linears.dispose();
    before.model.dispose();
  });
});

describe('recipePhases', () => {
  const phasesOf = (changes: Partial<TrainConfig>): string[] =>
    recipePhases({ ...defaultConfig, steps: 100, ...changes }).map(
      ({ stepsDone, recipe, isLate }) => `${stepsDone} ${recipe.name}${isLate ? ' late' : ''}`,
    );

  it('has one phase where nothing changes', () => {
    expect(phasesOf({})).toEqual(['0 fp4-paper']);
  });

  it("counts a recipe's own switch by the steps of the whole run, before and after the late recipe", () => {
    const at = (lateRecipeAt: number) => ({ lateRecipe: 'f32', lateRecipeAt });
    expect(phasesOf({ recipe: 'nvfp4' })).toEqual(['0 nvfp4', '82 nvfp4 late']);
    expect(phasesOf({ recipe: 'nvfp4', ...at(0.9) })).toEqual(['0 nvfp4', '82 nvfp4 late', '90 f32']);
    expect(phasesOf({ recipe: 'nvfp4', ...at(50) })).toEqual(['0 nvfp4', '50 f32']);
    expect(phasesOf({ recipe: 'f32', lateRecipe: 'nvfp4', lateRecipeAt: 0.5 })).toEqual([
      '0 f32',
      '50 nvfp4',
      '82 nvfp4 late',
    ]);
  });

  it('refuses a late recipe whose own switch is over before it begins', () => {
    expect(() => phasesOf({ recipe: 'f32', lateRecipe: 'nvfp4', lateRecipeAt: 0.9 })).toThrow(
      'recipePhases: lateRecipeAt must be before nvfp4 switches by itself, after 82 of 100 steps, but got 0.9: its layers before that would never run',
    );
  });

  it('leaves the gradients of the config to the first recipe', () => {
    expect(phasesOf({ gradients: 'int8', lateRecipe: 'fp4-direct', lateRecipeAt: 0.5 })).toEqual([
      '0 fp4-paper-int8',
      '50 fp4-direct',
    ]);
  });

  it('says in a line what each product runs in', () => {
    const describeOf = (name: string, isLate = false): string =>
      describeProducts(productsOf({ stepsDone: 0, recipe: findRecipe(name), isLate }, 8));
    expect(describeOf('bf16')).toBe('qkv, o, fc1, fc2: BF16 x BF16, values in f32 products');
    expect(describeOf('f32')).toBe('all linear layers in f32');
    expect(describeOf('nvfp4')).toMatch(
      /^qkv, o, fc1, fc2 in blocks 0 to 5: fprop NVFP4 .*, wgrad .*; qkv, o, fc1, fc2 in blocks 6 to 7: BF16 x BF16/,
    );
    expect(describeOf('nvfp4', true)).toMatch(
      /^qkv, o, fc1, fc2: fprop BF16 x BF16, [^;]*; qkv, o, fc1, fc2 in blocks 0 to 5: dgrad NVFP4/,
    );
  });
});

describe('a late recipe that learns what the first one learns', () => {
  it('is refused', async () => {
    const settings = { recipe: 'int4-channel', lateRecipe: 'int4-channel-fc2a8', lateRecipeAt: 2, steps: 4 };
    await expect(runs.train('both-learn', settings)).rejects.toThrow(
      /int4-channel-fc2a8 must not learn the clip factors that int4-channel learns, but both learn blocks\.0\.qkv\.clip/,
    );
  });
});
