import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder with its parents. Not `mkdir` with `recursive`: on Linux Node 20 to 24 never returns from it where an
 * existing parent answers ENOENT, as `/proc` does.
 *
 * @param path - The folder; nothing is done when it is there.
 * @returns The folders that were made, innermost first, for undoing.
 * @throws the system's error, after removing what was made.
 */
export function makeFolder(path: string): string[] {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.push(folder);
  const made: string[] = [];
  try {
    for (const folder of missing.toReversed()) {
      mkdirSync(folder);
      made.unshift(folder);
    }
  } catch (error) {
    for (const folder of made) rmdirSync(folder);
    throw error;
  }
  return made;
}
