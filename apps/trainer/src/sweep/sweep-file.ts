import { extname } from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import type { WrittenSetting } from '../config/setting-position.ts';
import { valuePositions } from '../config/value-positions.ts';
import { readText } from '../data/read-text.ts';

/** A value that a sweep's file has, and where. */
export interface SweepValue {
  readonly value: unknown;
  /** Of its setting's name and of itself. */
  readonly at: WrittenSetting;
}

/** A setting with all the values that it is to take; one value makes no axis of the grid. */
export interface SweepAxis {
  readonly key: string;
  readonly values: readonly SweepValue[];
}

/** A sweep's file: grids of settings, of which every combination is a run. */
export interface SweepFile {
  /** The file, for messages. */
  readonly path: string;
  /** Each with the settings at the top level, and over them those of its table `[[runs]]`; one grid without tables. */
  readonly grids: readonly (readonly SweepAxis[])[];
}

/**
 * Reads a sweep's file, TOML or JSON: the settings of `nibble train --config`, `tokens` and `G`, each of which may be a
 * list of values. Tables `[[runs]]` each make a grid of their own. Settings are checked by `planSweep`.
 *
 * @throws Error as `loadConfig`; RangeError with `path:line:column` for a list that is empty or holds a list, or for `runs`
 *   that are no tables.
 */
export function loadSweep(path: string): SweepFile {
  const { values } = loadConfig(path);
  const kind = extname(path).toLowerCase() === '.json' ? 'json' : 'toml';
  const positions = valuePositions(readText(path).text, kind);
  const fail = (at: string, problem: string): never => {
    const { line, column } = positions.get(at)!.value;
    throw new RangeError(`loadSweep: ${path}:${line}:${column}: ${problem}`);
  };
  const axis = (key: string, value: unknown, at: string): SweepAxis => {
    if (!Array.isArray(value)) return { key, values: [{ value, at: positions.get(at)! }] };
    if (value.length === 0) fail(at, `${key} must have at least one value, but the list is empty`);
    const items = value.map((item: unknown, i) => {
      if (Array.isArray(item))
        fail(`${at}[${i}]`, `${key} must be a list of values, but there is a list in it`);
      const { name, value: position } = positions.get(`${at}[${i}]`)!;
      return { value: item, at: { name, key: positions.get(at)!.key, value: position } };
    });
    return { key, values: items };
  };

  const { runs, ...shared } = values;
  const common = Object.entries(shared).map(([key, value]) => axis(key, value, key));
  if (runs === undefined) return { path, grids: [common] };
  if (!Array.isArray(runs) || runs.length === 0) {
    return fail('runs', 'runs must be tables [[runs]] with the settings of each');
  }
  const grids = runs.map((own: unknown, i) => {
    const at = `runs[${i}]`;
    if (typeof own !== 'object' || own === null || Array.isArray(own)) {
      return fail(at, 'runs must be tables [[runs]] with the settings of each');
    }
    const overriding = Object.entries(own).map(([key, value]) => axis(key, value, `${at}.${key}`));
    const names = new Set(overriding.map(({ key }) => key));
    return common.filter(({ key }) => !names.has(key)).concat(overriding);
  });
  return { path, grids };
}
