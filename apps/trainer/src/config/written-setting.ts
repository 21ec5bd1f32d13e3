import type { ConfigFile } from './load-config.ts';
import type { Preset } from './presets.ts';
import type { Position } from './setting-position.ts';
import { defaultConfig } from './train-config.ts';
import type { TrainConfig } from './train-config.ts';

/** One setting as somebody wrote it. */
export interface Written {
  readonly key: string;
  readonly value: unknown;
  /** Where its value stands, as the end of a message: `in run.toml:3:9`, `from --steps`, `in preset quick`. */
  readonly from: string;
  /** Where its name stands. */
  readonly keyFrom: string;
}

/** The settings of a file, with line and column where they are known. */
export function writtenInFile(file: ConfigFile | undefined): Written[] {
  if (file === undefined) return [];
  return Object.entries(file.values).map(([key, value]) => {
    const at = file.positions?.get(key);
    const where = (position: Position | undefined): string =>
      position === undefined ? `in ${file.path}` : `in ${file.path}:${position.line}:${position.column}`;
    return { key, value, from: where(at?.value), keyFrom: where(at?.key) };
  });
}

/** The settings of flags that are given. */
export function writtenByFlags(flags: Readonly<Record<string, unknown>>): Written[] {
  return Object.entries(flags)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const from = `from ${flagOf(key)}`;
      return { key, value: fromFlag(key, value), from, keyFrom: from };
    });
}

/** The settings of a preset. */
export function writtenByPreset(preset: Preset | undefined): Written[] {
  if (preset === undefined) return [];
  const from = `in preset ${preset.name}`;
  return Object.entries(preset.values).map(([key, value]) => ({ key, value, from, keyFrom: from }));
}

/** The flag of a setting: `batchSize` is `--batch-size`. */
export function flagOf(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Command lines know only strings; a string that is a number becomes one where a number belongs. */
function fromFlag(key: string, value: unknown): unknown {
  const wantsNumber = typeof defaultConfig[key as keyof TrainConfig] === 'number';
  if (!wantsNumber || typeof value !== 'string' || value.trim() === '') return value;
  const parsed = Number(value);
  return Number.isNaN(parsed) ? value : parsed;
}
