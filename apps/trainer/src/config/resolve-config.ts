import { z } from 'zod';
import type { ConfigFile } from './load-config.ts';
import { didYouMean } from './nearest.ts';
import {
  backendChoices,
  configFields,
  defaultConfig,
  type KnownNames,
  type TrainConfig,
} from './train-config.ts';

/** What a config is resolved from. */
export interface ResolveConfigOptions extends KnownNames {
  /** A config file, from `loadConfig`. */
  file?: ConfigFile | undefined;
  /** Command-line flags by setting; they win over the file. Numbers may be strings, `undefined` is not given. */
  flags?: Readonly<Record<string, unknown>>;
}

/** One setting as somebody wrote it. */
interface Written {
  key: string;
  value: unknown;
  from: string;
}

/**
 * Returns the whole config: flags, else the file, else the defaults. Nothing is ignored and nothing is clamped.
 *
 * @throws RangeError with one line for each problem: the setting, the value, what must hold, where it was written
 *   and, for a misspelt setting or name, the nearest known one. File settings that a flag overrides are checked too.
 */
export function resolveConfig(options: ResolveConfigOptions): TrainConfig {
  const { file, flags = {}, models = [], recipes = [] } = options;
  const fields = configFields(options);
  const keys = Object.keys(fields) as (keyof TrainConfig)[];
  const choices: Partial<Record<string, readonly string[]>> = {
    model: models,
    recipe: recipes,
    backend: backendChoices,
  };

  const written: Written[] = [
    ...Object.entries(file?.values ?? {}).map(([key, value]) => ({ key, value, from: `in ${file?.path}` })),
    ...Object.entries(flags)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({ key, value: fromFlag(key, value), from: `from ${flagOf(key)}` })),
  ];
  const values: Record<string, unknown> = { ...defaultConfig };
  const problems: string[] = [];
  for (const { key, value, from } of written) {
    if (!Object.hasOwn(fields, key)) {
      problems.push(`${JSON.stringify(key)} is not a setting (${from})${didYouMean(key, keys)}`);
      continue;
    }
    const field = fields[key as keyof TrainConfig];
    values[key] = value;
    if (field.safeParse(value).success) continue;
    const hint = typeof value === 'string' ? didYouMean(value, choices[key] ?? []) : '';
    problems.push(`${key} must be ${field.description}, but got ${show(value)} (${from})${hint}`);
  }
  if (problems.length > 0)
    throw new RangeError(problems.map((problem) => `resolveConfig: ${problem}`).join('\n'));
  return values as unknown as TrainConfig;
}

/**
 * Returns a config read back from a run folder, checked as strictly as a new one; every setting must be there.
 *
 * @param value - The `config` of a `config.json`.
 * @param where - What to call it in a message, such as its path.
 * @throws RangeError as {@link resolveConfig}, also for a setting that is missing.
 */
export function parseConfig(value: unknown, where: string): TrainConfig {
  const record = z.record(z.string(), z.unknown()).safeParse(value);
  if (!record.success)
    throw new RangeError(`parseConfig: ${where} must hold an object of settings, but got ${show(value)}`);
  const missing = Object.keys(defaultConfig).find((key) => !Object.hasOwn(record.data, key));
  if (missing !== undefined)
    throw new RangeError(`parseConfig: ${where} must have the setting ${missing}, but it is missing`);
  return resolveConfig({ file: { path: where, values: record.data } });
}

/** Command lines know only strings; a string that is a number becomes one where a number belongs. */
function fromFlag(key: string, value: unknown): unknown {
  const wantsNumber = typeof defaultConfig[key as keyof TrainConfig] === 'number';
  if (!wantsNumber || typeof value !== 'string' || value.trim() === '') return value;
  const parsed = Number(value);
  return Number.isNaN(parsed) ? value : parsed;
}

const flagOf = (key: string): string =>
  `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** JSON, but NaN and infinities, which JSON writes as null, by name. */
const show = (value: unknown): string =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
