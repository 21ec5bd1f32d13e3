import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { removeQuietly, syncFolder } from '../run/durable-file.ts';
import { makeFolder } from '../run/make-folder.ts';

/**
 * Puts a new folder in place whole: `fill` writes it under another name, and then it is renamed. After a kill or an error
 * there is the whole folder or none.
 *
 * @param dir - A folder that does not exist or is empty; parents are made.
 * @param fill - Writes into the folder it is given, which exists and is empty.
 * @throws what `fill` throws, or the system's error; then nothing is left behind
 */
export function putFolder(dir: string, fill: (folder: string) => void): void {
  const target = resolve(dir);
  const temporary = join(dirname(target), `.tmp-nibble-${basename(target)}`);
  const made = makeFolder(dirname(target));
  try {
    // What a killed process left behind.
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    fill(temporary);
    syncFolder(temporary);
    // An empty one, or this throws.
    if (existsSync(target)) rmdirSync(target);
    renameSync(temporary, target);
    syncFolder(dirname(target));
  } catch (error) {
    removeQuietly(temporary);
    for (const parent of made) rmdirSync(parent);
    throw error;
  }
}
