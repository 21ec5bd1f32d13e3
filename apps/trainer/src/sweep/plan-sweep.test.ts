import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSweep } from './plan-sweep.ts';
import type { SweepPlan } from './plan-sweep.ts';
import { loadSweep } from './sweep-file.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-plan-sweep-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function plan(text: string, name = 'sweep.toml'): Promise<SweepPlan> {
  const path = join(cwd, name);
  writeFileSync(path, text);
  return planSweep(loadSweep(path), join(cwd, 'runs'));
}
const recipesOf = ({ runs }: SweepPlan): string[] => runs.map(({ config }) => config.recipe);

describe('planSweep', () => {
  it('plans every combination, the last setting changing fastest, and each run once', async () => {
    const { runs } = await plan('model = ["nano", "micro"]\nseed = [1, 2, 1]\nsteps = 5\n');
    expect(runs.map(({ config: { model, seed } }) => [model, seed])).toEqual([
      ['nano', 1],
      ['nano', 2],
      ['micro', 1],
      ['micro', 2],
    ]);
  });

  it('puts G into the recipes that have room for it, and takes the others once', async () => {
    const text = 'recipe = ["f32", "int4-g{G}", "fp4-g{G}-fc2a8"]\nG = [32, "channel"]\n';
    const families = ['int4-g32', 'int4-channel', 'fp4-g32-fc2a8', 'fp4-channel-fc2a8'];
    expect(recipesOf(await plan(text))).toEqual(['f32', ...families]);
  });

  it('plans the example of the README', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, example] = /^```toml\n(# sweep\.toml.*?)^```/ms.exec(readme)!;
    const text = join(cwd, 'my.txt');
    writeFileSync(text, 'A text of one sentence. '.repeat(2000));
    const recipes = recipesOf(await plan(example!.replace('my.txt', text)));
    expect(recipes).toHaveLength((3 * (1 + 2 * 3) + 2) * 2 * 2);
    expect(recipes).toEqual(expect.arrayContaining(['fp4-channel-fc2a8', 'nvfp4']));
  });

  it('turns tokens into whole steps of each batch', async () => {
    const { runs } = await plan(
      'context = 32\nbatchSize = [4, 8]\ngradientAccumulation = 2\ntokens = [1000, 1024]\n',
    );
    expect(runs.map(({ config: { batchSize, steps } }) => [batchSize, steps])).toEqual([
      [4, 4],
      [8, 2],
    ]);
  });

  it('counts a late recipe in the steps that follow from tokens', async () => {
    const late = 'context = 32\nbatchSize = 4\nlateRecipe = "bf16"\nlateRecipeAt = 400\n';
    const { runs } = await plan(`${late}tokens = 64_000\n`);
    expect(runs[0]!.config).toMatchObject({ steps: 500, lateRecipe: 'bf16', lateRecipeAt: 400 });
    await expect(plan(`${late}tokens = 32_000\n`)).rejects.toThrow(
      /lateRecipeAt must be before the last step/,
    );
  });

  it('makes a grid of each table, over the settings that all share', async () => {
    const text =
      'seed = [1, 2]\nrecipe = "f32"\n[[runs]]\nmodel = "nano"\n[[runs]]\nmodel = "micro"\nseed = 7\n';
    const { runs } = await plan(text);
    expect(runs.map(({ config: { model, seed } }) => [model, seed])).toEqual([
      ['nano', 1],
      ['nano', 2],
      ['micro', 7],
    ]);
  });

  it('sets what a sweep needs, unless the file or its preset says otherwise', async () => {
    const [plain] = (await plan('steps = 95\n')).runs;
    expect(plain!.config).toMatchObject({ sampleTokens: 0, evalEvery: 0, checkpointEvery: 10 });
    const [preset] = (await plan('preset = "quick"\nsampleTokens = 3\n')).runs;
    expect(preset!.config).toMatchObject({ sampleTokens: 3, evalEvery: 25 });
  });

  it('reads JSON as TOML', async () => {
    const json = await plan(
      '{"recipe": ["f32", "int4-g{G}"], "G": 32, "runs": [{"seed": [1, 2]}]}',
      'sweep.json',
    );
    expect(json.id).toBe((await plan('recipe = ["f32", "int4-g{G}"]\nG = 32\nseed = [1, 2]\n')).id);
  });

  it('names a run after what decides its numbers, and nothing else', async () => {
    writeFileSync(join(cwd, 'a.txt'), 'one text');
    writeFileSync(join(cwd, 'b.txt'), 'one text');
    const name = async (text: string): Promise<string> => (await plan(text)).runs[0]!.name;
    const of = (data: string): string => `data = ${JSON.stringify(join(cwd, data))}\n`;
    const first = await name(of('a.txt'));
    expect(first).toMatch(/^tiny-fp4-paper-307k-lr0\.002-s1-[\da-f]{10}$/);
    expect(await name(`${of('b.txt')}evalEvery = 7\nsampleTokens = 5\nkeepCheckpoints = 2\n`)).toBe(first);
    expect(await name(`${of('a.txt')}weightDecay = 0.2\n`)).not.toBe(first);
    writeFileSync(join(cwd, 'a.txt'), 'another text');
    expect(await name(of('a.txt'))).not.toBe(first);
  });

  it.each([
    ['model = ["nano", "mikro"]', /:1:18\); did you mean "micro"/],
    ['seed = 1\nlearningrate = [1]', /"learningrate" is not a setting .*:2:1\); did you mean "learningRate"/],
    ['seed = [1, -1]\nsteps = [5, 0]', /steps must be .* 0 .*:2:13\)\n.*seed must be .* -1 .*:1:12\)/s],
    ['seed = []', /sweep\.toml:1:8: seed must have at least one value/],
    ['seed = [1, [2]]', /sweep\.toml:1:12: seed must be a list of values/],
    ['tokens = [1e6, "many"]', /sweep\.toml:1:16: tokens must be a number/],
    ['steps = 5\ntokens = 100', /sweep\.toml:2:10: tokens must stand without steps/],
    ['out = "x"', /sweep\.toml:1:1: out must be left out/],
    ['evalEvery = 5\npatience = 3', /sweep\.toml:2:1: patience must be left out/],
    ['recipe = "int4-g{G}"', /sweep\.toml:1:10: int4-g\{G\} needs G/],
    ['recipe = "f32"\nG = [32]', /sweep\.toml:2:6: G needs a recipe with \{G\}/],
    ['recipe = "int4-g{G}"\nG = [32, "row"]', /sweep\.toml:2:10: G must be a whole number or "channel"/],
    ['runs = 3', /sweep\.toml:1:8: runs must be tables/],
    ['[[runs]]\nmodel = "nano"\n[[runs]]\nmodel = ["nano", "x"]', /sweep\.toml:4:18\)/],
    ['data = "gone.txt"', /gone\.txt must be a file that can be read/],
  ])('refuses %j', async (text, message) => {
    await expect(plan(text)).rejects.toThrow(message);
  });

  it('refuses a folder of documents, of which runs could not be sure', async () => {
    mkdirSync(join(cwd, 'docs'));
    await expect(plan(`data = ${JSON.stringify(join(cwd, 'docs'))}`)).rejects.toThrow(/make a dataset of it/);
  });
});
