import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { modelZoo } from '@nibble-ml/llama';
import { recipes } from '@nibble-ml/recipes';
import { isChangedRecipe } from '../commands/options.ts';
import type { ConfigFile } from '../config/load-config.ts';
import { presets } from '../config/presets.ts';
import { resolveConfig } from '../config/resolve-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import type { PlannedRun } from '../many-runs/planned-run.ts';
import { withAbsolutePaths } from '../training/prepare.ts';
import { recipePhases } from '../training/recipe-phases.ts';
import { dataIdentity, fileSha256 } from './data-identity.ts';
import { expandSweep } from './expand-sweep.ts';
import type { Combination } from './expand-sweep.ts';
import { runIdentity, tokensPerStep } from './run-identity.ts';
import type { RunFiles } from './run-identity.ts';
import type { SweepFile, SweepValue } from './sweep-file.ts';

/** A run of a sweep. */
export interface SweepRun extends PlannedRun {
  /** What identifies it: the name of its folder. */
  readonly name: string;
  readonly files: RunFiles;
}

/** All runs of a sweep, each once. */
export interface SweepPlan {
  /** Changes when a run is added, taken away or becomes another. */
  readonly id: string;
  readonly runs: readonly SweepRun[];
}

/** What a sweep sets unless its file says otherwise: no samples, and validation at the end only. */
const SWEEP_DEFAULTS: Partial<TrainConfig> = { sampleTokens: 0, evalEvery: 0, keepCheckpoints: 1 };
const CHECKPOINTS = 10;
const MOST_PROBLEMS = 20;

const REFUSED: Readonly<Record<string, string>> = {
  out: 'must be left out, as runs are named after what they are; say with --runs where they go',
  init: 'must be left out, as the runs of a sweep start at random',
  patience: 'must be left out, as the runs of a sweep are trained on all their tokens',
  overfitBatch: 'must be left out, as it is a test and no training',
};

/**
 * Plans the runs of a sweep, checking every setting as `nibble train` does. A run that several combinations ask for is
 * planned once.
 *
 * @param runsDir - The folder that holds the runs.
 * @throws RangeError with a line for each problem and `path:line:column`; Error when data cannot be read.
 */
export async function planSweep(file: SweepFile, runsDir: string): Promise<SweepPlan> {
  const problems = new Set<string>();
  const configs = expandSweep(file).flatMap((combination) => {
    try {
      return [configOf(file.path, combination)];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      for (const line of error.message.split('\n')) problems.add(line);
      return [];
    }
  });
  if (problems.size > 0) {
    const shown = [...problems].slice(0, MOST_PROBLEMS);
    const more = problems.size > shown.length ? [`… and ${problems.size - shown.length} more`] : [];
    throw new RangeError([...shown, ...more].join('\n'));
  }
  const identify = cached(dataIdentity);
  const hash = cached(fileSha256);
  const runs = new Map<string, SweepRun>();
  for (const config of configs) {
    const { data, tokenizer } = config;
    const files = {
      data: await identify(data),
      tokenizer: tokenizer === null ? null : await hash(tokenizer),
    };
    const name = runIdentity(config, files);
    const dir = join(runsDir, name);
    runs.set(name, { name, dir, files, config: { ...config, out: dir } });
  }
  const names = [...runs.keys()].toSorted().join('\n');
  return { id: createHash('sha256').update(names).digest('hex').slice(0, 12), runs: [...runs.values()] };
}

function configOf(path: string, combination: Combination): TrainConfig {
  const refused = Object.keys(REFUSED).flatMap((key) => {
    const found = combination.get(key);
    return found === undefined
      ? []
      : [`planSweep: ${path}:${found.at.key.line}:${found.at.key.column}: ${key} ${REFUSED[key]}`];
  });
  if (refused.length > 0) throw new RangeError(refused.join('\n'));
  const preset = presets.find(({ name }) => name === combination.get('preset')?.value);
  const defaults = Object.entries(SWEEP_DEFAULTS).filter(
    ([key]) => !Object.hasOwn(preset?.values ?? {}, key),
  );
  const tokens = combination.get('tokens');
  const written = [...combination].filter(([key]) => key !== 'tokens');
  const known = {
    presets,
    models: Object.keys(modelZoo),
    recipes: recipes.map(({ name }) => name),
    isChangedRecipe,
  };
  const resolve = (more: readonly (readonly [string, unknown])[]): TrainConfig =>
    resolveConfig({ ...known, file: fileOf(path, defaults, written, more) });
  let config: TrainConfig;
  if (tokens === undefined) config = resolve([]);
  else {
    const { line, column } = tokens.at.value;
    const where = `${path}:${line}:${column}`;
    if (combination.has('steps'))
      throw new RangeError(`planSweep: ${where}: tokens must stand without steps, which follow from them`);
    const { value } = tokens;
    if (typeof value !== 'number' || !(value >= 1 && value <= 1e15)) {
      throw new RangeError(
        `planSweep: ${where}: tokens must be a number from 1 to 1e15, but got ${JSON.stringify(value)}`,
      );
    }
    // Steps are known once the batch is, which may come from a preset. One that lateRecipeAt names must wait for them.
    const batch = resolve([
      ['lateRecipe', null],
      ['lateRecipeAt', undefined],
    ]);
    config = resolve([['steps', Math.ceil(value / tokensPerStep(batch))]]);
  }
  if (!combination.has('checkpointEvery')) {
    config = { ...config, checkpointEvery: Math.ceil(config.steps / CHECKPOINTS) };
  }
  // What no kernel can do is refused before hours of other runs.
  recipePhases(config);
  return withAbsolutePaths(config);
}

function fileOf(
  path: string,
  defaults: readonly (readonly [string, unknown])[],
  written: readonly (readonly [string, SweepValue])[],
  more: readonly (readonly [string, unknown])[],
): ConfigFile {
  const values = new Map<string, unknown>([
    ...defaults,
    ...written.map(([key, { value }]) => [key, value] as const),
    ...more,
  ]);
  const given = Object.fromEntries([...values].filter(([, value]) => value !== undefined));
  return { path, values: given, positions: new Map(written.map(([key, { at }]) => [key, at])) };
}

function cached<Key>(compute: (key: Key) => Promise<string>): (key: Key) => Promise<string> {
  const known = new Map<Key, Promise<string>>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}
