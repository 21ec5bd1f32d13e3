import { describe, expect, it } from 'vitest';
import { configFields } from './config-fields.ts';
import { presets } from './presets.ts';
import { parseConfig, resolveConfig } from './resolve-config.ts';
import { defaultConfig } from './train-config.ts';

const file = (values: Record<string, unknown>): { path: string; values: Record<string, unknown> } => ({
  path: 'run.toml',
  values,
});
const known = { models: ['tiny', 'llama-400m'], recipes: ['f32', 'fp4-paper', 'fp4-direct'] };

describe('resolveConfig', () => {
  it('gives the defaults of the papers when nothing is set', () => {
    const config = resolveConfig(known);
    expect(config).toEqual(defaultConfig);
    expect(config).toMatchObject({ beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, clipNorm: 1 });
  });

  it('has defaults that are in range', () => {
    const outOfRange = Object.entries(configFields(known)).filter(
      ([key, field]) => !field.safeParse(defaultConfig[key as keyof typeof defaultConfig]).success,
    );
    expect(outOfRange).toEqual([]);
  });

  it('lets flags win over the file, and the file over the defaults', () => {
    const config = resolveConfig({
      ...known,
      file: file({ steps: 10, seed: 2 }),
      flags: { steps: 20, model: undefined },
    });
    expect(config).toMatchObject({ steps: 20, seed: 2, model: 'tiny' });
  });

  it('takes numbers of flags as strings, but not those of files', () => {
    expect(resolveConfig({ flags: { learningRate: '3e-4' } }).learningRate).toBe(3e-4);
    expect(() => resolveConfig({ file: file({ steps: '10' }) })).toThrow(
      /steps must be a whole number .* but got "10" \(in run\.toml\)/,
    );
  });

  it.each([
    [
      { learningRate: -1 },
      'resolveConfig: learningRate must be a number above 0 and at most 10, but got -1 (in run.toml)',
    ],
    [
      { learningRate: Number.NaN },
      'resolveConfig: learningRate must be a number above 0 and at most 10, but got NaN (in run.toml)',
    ],
    [
      { steps: 1.5 },
      'resolveConfig: steps must be a whole number from 1 to 1,000,000,000, but got 1.5 (in run.toml)',
    ],
    [
      { vocabSize: 255 },
      'resolveConfig: vocabSize must be a whole number from 256 to 65,536, but got 255 (in run.toml)',
    ],
    [{ beta2: 1 }, 'resolveConfig: beta2 must be a number from 0 to below 1, but got 1 (in run.toml)'],
    [
      { validationFraction: 0 },
      'resolveConfig: validationFraction must be a number above 0 and below 1, but got 0 (in run.toml)',
    ],
    [
      { lerningRate: 1 },
      'resolveConfig: "lerningRate" is not a setting (in run.toml); did you mean "learningRate"?',
    ],
    [
      { 'batch-size': 1 },
      'resolveConfig: "batch-size" is not a setting (in run.toml); did you mean "batchSize"?',
    ],
    [{ constructor: 1 }, 'resolveConfig: "constructor" is not a setting (in run.toml)'],
    [
      { recipe: 'fp4-papr' },
      'resolveConfig: recipe must be one of f32, fp4-paper, fp4-direct, but got "fp4-papr" (in run.toml); did you mean "fp4-paper"?',
    ],
    [{ model: 'gpt' }, 'resolveConfig: model must be one of tiny, llama-400m, but got "gpt" (in run.toml)'],
    [
      { backend: 'webgl' },
      'resolveConfig: backend must be one of auto, webgpu, wasm, cpu, but got "webgl" (in run.toml); did you mean "webgpu"?',
    ],
    [
      { data: 7 },
      'resolveConfig: data must be the path of a text, JSONL or Parquet file, of a folder, or hf:owner/name, but got 7 (in run.toml)',
    ],
  ])('explains %j', (values, message) => {
    expect(() => resolveConfig({ ...known, file: file(values) })).toThrow(new RangeError(message));
  });

  it('names the flag that was wrong', () => {
    expect(() => resolveConfig({ flags: { batchSize: 'many' } })).toThrow(
      /batchSize must be .*, but got "many" \(from --batch-size\)/,
    );
    expect(() => resolveConfig({ flags: { steps: '' } })).toThrow(
      /steps must be .*, but got "" \(from --steps\)/,
    );
  });

  it('reports every problem, also one that a flag overrides', () => {
    const options = { file: file({ steps: 0, stepz: 1 }), flags: { steps: 5, seed: -1 } };
    expect(() => resolveConfig(options)).toThrow(
      /steps must be .* got 0 .*\n.*"stepz" is not a setting .*\n.*seed must be .* got -1/,
    );
  });
});

describe('parseConfig', () => {
  it('round-trips through JSON', () => {
    expect(parseConfig(JSON.parse(JSON.stringify(defaultConfig)), 'config.json')).toEqual(defaultConfig);
  });

  it('gives a setting that is not there its default: the run is older than the setting', () => {
    const { patience, lateRecipe, ...older } = { ...defaultConfig, steps: 7 };
    expect([patience, lateRecipe]).toEqual([0, null]);
    expect(parseConfig(older, 'config.json')).toEqual({ ...defaultConfig, steps: 7 });
  });

  it('takes over a preset by name only: its values of today may be others', () => {
    const config = parseConfig({ ...defaultConfig, preset: 'quick' }, 'config.json');
    expect(config).toEqual({ ...defaultConfig, preset: 'quick' });
    expect(parseConfig({ ...defaultConfig, preset: 'of the past' }, 'config.json').preset).toBe(
      'of the past',
    );
  });

  it('names a setting that is unknown or wrong', () => {
    expect(() => parseConfig({ ...defaultConfig, stepz: 1 }, 'config.json')).toThrow(
      'parseConfig: "stepz" is not a setting (in config.json); did you mean "steps"?',
    );
    expect(() => parseConfig({ ...defaultConfig, seed: 'x' }, 'config.json')).toThrow(
      /seed must be .*\(in config\.json\)/,
    );
    expect(() => parseConfig(null, 'config.json')).toThrow(/must hold an object of settings, but got null/);
  });
});

describe('presets', () => {
  it('hold settings that are right, one by one and together', () => {
    for (const { name } of presets)
      expect(resolveConfig({ presets, flags: { preset: name } }).preset).toBe(name);
    expect(new Set(presets.map(({ name }) => name)).size).toBe(presets.length);
  });

  it('lose against the file, and the file against flags, and win over defaults', () => {
    const of = (values: Record<string, unknown>, flags: Record<string, unknown>) =>
      resolveConfig({ presets, file: file({ preset: 'quick', ...values }), flags });
    expect(of({}, {})).toMatchObject({ preset: 'quick', model: 'nano', steps: 100, seed: 1 });
    expect(of({ steps: 10 }, {})).toMatchObject({ model: 'nano', steps: 10 });
    expect(of({ steps: 10 }, { steps: '20' })).toMatchObject({ model: 'nano', steps: 20 });
    expect(of({}, { preset: 'overfit' })).toMatchObject({ preset: 'overfit', model: 'tiny' });
  });

  it('are suggested', () => {
    expect(() => resolveConfig({ presets, flags: { preset: 'quik' } })).toThrow(
      /preset must be one of quick, default, .* but got "quik" \(from --preset\); did you mean "quick"\?/,
    );
  });
});

describe('settings that do not fit together', () => {
  it.each([
    [{ lateRecipe: 'f32', lateRecipeAt: 300 }, /lateRecipeAt must be before the last step, but 300 of 300/],
    [{ lateRecipe: 'f32', lateRecipeAt: 0.999 }, /0\.999 of 300 steps leaves none for f32/],
    [{ lateRecipe: 'fp4-paper' }, /lateRecipe must be another recipe than recipe, but both are "fp4-paper"/],
    [{ lateRecipeAt: 0.5 }, /there is no lateRecipe; name one/],
    [{ lateRecipe: 'f32', lateRecipeAt: 1.5 }, /lateRecipeAt must be a step, as a whole number from 1, or/],
    [{ patience: 2, evalEvery: 0 }, /with evalEvery 0 and 300 steps there are none; set evalEvery/],
    [{ patience: 2, overfitBatch: true }, /patience must be 0 with overfitBatch/],
    [{ sampleEvery: 10, sampleTokens: 0 }, /sampleTokens must be above 0 with sampleEvery 10/],
  ])('%j', (values, message) => {
    expect(() => resolveConfig({ file: file(values) })).toThrow(message);
  });

  it('lets a late recipe have one step', () => {
    const values = { lateRecipe: 'f32', lateRecipeAt: 299 };
    expect(resolveConfig({ file: file(values) })).toMatchObject(values);
  });
});

describe('init', () => {
  const inherit = (init: string): { model: string; context: number } => {
    expect(init).toBe('runs/base');
    return { model: 'imported', context: 512 };
  };

  it('brings the model and the context of its run, which a context that is given wins over', () => {
    const withRun = { ...known, inherit };
    expect(resolveConfig({ ...withRun, flags: { init: 'runs/base' } })).toMatchObject({
      model: 'imported',
      context: 512,
    });
    expect(resolveConfig({ ...withRun, flags: { init: 'runs/base', context: '64' } }).context).toBe(64);
  });

  it.each([
    [{ model: 'tiny' }, /model must be left out with init, because runs\/base has its own model/],
    [{ vocabSize: 300 }, /vocabSize must be left out with init, because runs\/base has its own vocabulary/],
  ])('refuses %j beside it', (flags, message) => {
    expect(() => resolveConfig({ ...known, inherit, flags: { init: 'runs/base', ...flags } })).toThrow(
      message,
    );
  });
});
