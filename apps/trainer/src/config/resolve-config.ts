import { z } from 'zod';
import { checkCombination } from './check-combination.ts';
import { configFields } from './config-fields.ts';
import type { KnownNames } from './config-fields.ts';
import type { ConfigFile } from './load-config.ts';
import { didYouMean } from './nearest.ts';
import type { Preset } from './presets.ts';
import { backendChoices, defaultConfig } from './train-config.ts';
import type { TrainConfig } from './train-config.ts';
import { writtenByFlags, writtenByPreset, writtenInFile } from './written-setting.ts';
import type { Written } from './written-setting.ts';

/** What a config is resolved from. */
export interface ResolveConfigOptions extends Omit<KnownNames, 'presets'> {
  /** Command-line flags by setting; they win over the file. Numbers may be strings, `undefined` is not given. */
  flags?: Readonly<Record<string, unknown>>;
  /** A config file, from `loadConfig`; it wins over the preset. */
  file?: ConfigFile | undefined;
  /** The presets that `preset` chooses from; a preset wins over the defaults. */
  presets?: readonly Preset[];
  /**
   * What a run that `init` names decides, in place of the defaults. `model`, `vocabSize` and `tokenizer` are that run's:
   * writing one of them as well is a problem.
   */
  inherit?: (init: string) => Partial<TrainConfig>;
}

const OF_INIT: ReadonlySet<string> = new Set(['model', 'vocabSize', 'tokenizer']);

/**
 * Returns the whole config: flags, else the file, else the preset, else the run that `init` names, else the defaults.
 * Nothing is ignored and nothing is clamped.
 *
 * @throws RangeError with one line for each problem: the setting, the value, what must hold, where it was written
 *   and, for a misspelt setting or name, the nearest known one. File settings that a flag overrides are checked too.
 *   Settings that are right one by one must also fit together.
 */
export function resolveConfig(options: ResolveConfigOptions): TrainConfig {
  const { file, flags = {}, presets = [] } = options;
  const byHand = [...writtenInFile(file), ...writtenByFlags(flags)];
  const presetName = byHand.findLast(({ key }) => key === 'preset')?.value;
  const written = [...writtenByPreset(presets.find(({ name }) => name === presetName)), ...byHand];
  const { values, problems } = checkEach(written, {
    ...options,
    presets: presets.map(({ name }) => name),
  });
  if (problems.length === 0) {
    const init = values['init'];
    const inherited = typeof init === 'string' ? (options.inherit?.(init) ?? {}) : {};
    if (typeof init === 'string') problems.push(...clashesWithInit(init, written));
    const given = new Set(written.map(({ key }) => key));
    for (const [key, value] of Object.entries(inherited)) if (!given.has(key)) values[key] = value;
    problems.push(...checkCombination(values as unknown as TrainConfig, given));
  }
  if (problems.length > 0)
    throw new RangeError(problems.map((problem) => `resolveConfig: ${problem}`).join('\n'));
  return values as unknown as TrainConfig;
}

/**
 * Returns a config read back from a run folder, each setting checked as strictly as a new one. A setting that is not there
 * gets its default: the run is from before the setting was invented, and defaults leave a run as it was.
 *
 * @param value - The `config` of a `config.json`.
 * @param where - What to call it in a message, such as its path.
 * @throws RangeError as {@link resolveConfig}.
 */
export function parseConfig(value: unknown, where: string): TrainConfig {
  const record = z.record(z.string(), z.unknown()).safeParse(value);
  if (!record.success)
    throw new RangeError(`parseConfig: ${where} must hold an object of settings, but got ${show(value)}`);
  const { values, problems } = checkEach(writtenInFile({ path: where, values: record.data }), {});
  if (problems.length > 0)
    throw new RangeError(problems.map((problem) => `parseConfig: ${problem}`).join('\n'));
  return values as unknown as TrainConfig;
}

/** The defaults with what was written over them, and what is wrong with it, setting by setting. */
function checkEach(
  written: readonly Written[],
  known: KnownNames,
): { values: Record<string, unknown>; problems: string[] } {
  const fields = configFields(known);
  const choices: Partial<Record<string, readonly string[]>> = {
    preset: known.presets ?? [],
    model: known.models ?? [],
    recipe: known.recipes ?? [],
    lateRecipe: known.recipes ?? [],
    backend: backendChoices,
  };
  const values: Record<string, unknown> = { ...defaultConfig };
  const problems: string[] = [];
  for (const { key, value, from, keyFrom } of written) {
    if (!Object.hasOwn(fields, key)) {
      problems.push(`${JSON.stringify(key)} is not a setting (${keyFrom})${wayOut(key, value, fields)}`);
      continue;
    }
    const field = fields[key as keyof TrainConfig];
    values[key] = value;
    if (field.safeParse(value).success) continue;
    const hint = typeof value === 'string' ? didYouMean(value, choices[key] ?? []) : '';
    problems.push(`${key} must be ${field.description}, but got ${show(value)} (${from})${hint}`);
  }
  return { values, problems };
}

/** What was meant by a name that is no setting: the nearest one, or settings that stand in a table of their own. */
function wayOut(key: string, value: unknown, fields: object): string {
  const names = Object.keys(fields);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return didYouMean(key, names);
  const inner = Object.keys(value);
  const known = inner.filter((name) => Object.hasOwn(fields, name));
  const hint = known.length > 0 ? '' : inner.map((name) => didYouMean(name, names)).find(Boolean);
  return `; settings stand at the top level, not in a table or object${hint ?? ''}`;
}

function clashesWithInit(init: string, written: readonly Written[]): string[] {
  return written
    .filter(({ key, value }) => OF_INIT.has(key) && value !== null)
    .map(
      ({ key, from }) =>
        `${key} must be left out with init, because ${init} has its own ${key === 'model' ? 'model' : 'vocabulary'}, but got one (${from})`,
    );
}

/** JSON, but NaN and infinities, which JSON writes as null, by name. */
const show = (value: unknown): string =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
