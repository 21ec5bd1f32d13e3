import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { TrainConfig } from '../config/train-config.ts';
import { isHubName } from '../data/hub/hub-name.ts';
import { checksumsOf, verifyChecksums } from './checksums.ts';
import { CHECKSUMS_FILE } from './checksum-list.ts';
import { removeQuietly, replaceFile, syncFolder } from './durable-file.ts';
import { makeFolder } from './make-folder.ts';
import { encodeRunRecord, parseRunRecord } from './run-record.ts';
import type { RunRecord } from './run-record.ts';

/** A run folder. */
export interface Run {
  /** The folder. */
  dir: string;
  /** Its `config.json`. */
  record: RunRecord;
}

/**
 * Makes a run folder with its `config.json`, the files that belong to it, and their checksums. A new folder is put
 * together under another name and then renamed: after a kill there is a whole run or none.
 *
 * @param dir - A folder that does not exist or is empty; parents are made.
 * @param record - What to write down.
 * @param files - Further files that never change, such as `tokenizer.json`, by name.
 * @throws Error when the folder is not empty, is a file, or cannot be written; then nothing is left behind.
 */
export function createRun(dir: string, record: RunRecord, files: Readonly<Record<string, string>> = {}): Run {
  const json = encodeRunRecord(record);
  requireNewFolder(dir);
  // The config, which makes the folder a run, is last.
  const contents = { ...files, 'config.json': json };
  const all = { [CHECKSUMS_FILE]: checksumsOf(contents), ...contents };
  const isThere = existsSync(dir);
  const folder = isThere ? dir : join(dirname(resolve(dir)), `.tmp-nibble-${basename(dir)}`);
  let made: string[] = [];
  try {
    made = makeFolder(dirname(resolve(dir)));
    if (!isThere) {
      // What a killed process left behind.
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    }
    for (const [name, content] of Object.entries(all)) replaceFile(join(folder, name), content);
    if (!isThere) renameSync(folder, dir);
    syncFolder(dirname(resolve(dir)));
  } catch (cause) {
    if (isThere) for (const name of Object.keys(all)) rmSync(join(folder, name), { force: true });
    else removeQuietly(folder);
    for (const parent of made) rmdirSync(parent);
    throw new Error(
      `createRun: ${dir} must be a folder that can be written, but the system says ${(cause as Error).message}; choose another folder`,
      { cause },
    );
  }
  return { dir, record };
}

/**
 * Makes sure that {@link createRun} can make a run here, and writes nothing: for a check before hours of work.
 *
 * @throws Error when the folder is not empty, is a file, or its nearest existing parent cannot be written.
 */
export function requireNewFolder(dir: string): void {
  let existing = resolve(dir);
  while (!existsSync(existing)) existing = dirname(existing);
  if (!statSync(existing).isDirectory()) {
    throw new Error(
      `createRun: ${dir} must be a new folder, but ${existing} is a file; choose another folder`,
    );
  }
  if (existing === resolve(dir) && readdirSync(dir).length > 0) {
    const hint = existsSync(join(dir, 'config.json'))
      ? 'go on with it by --resume, or choose another folder'
      : 'choose another folder';
    throw new Error(`createRun: ${dir} must be a new or empty folder, but it is not empty; ${hint}`);
  }
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(
      `createRun: ${dir} must be a folder that can be written, but ${existing} is not; choose another folder`,
      { cause },
    );
  }
}

/**
 * Opens a run folder.
 *
 * @param dir - A folder that {@link createRun} made.
 * @throws Error when it is no run folder, saying what it lacks, or a file does not have its checksum; RangeError when a
 *   setting in it is wrong.
 */
export function openRun(dir: string): Run {
  const path = join(dir, 'config.json');
  const fail = (but: string): never => {
    throw new Error(`openRun: ${dir} must be the folder of a run, but ${but}`);
  };
  if (!existsSync(dir)) fail('it does not exist; check the path');
  if (!statSync(dir).isDirectory()) fail('it is a file; give the folder that holds config.json');
  if (!existsSync(path)) fail('it has no config.json; give the folder that nibble train printed');
  verifyChecksums(dir);
  const record = parseRunRecord(readFileSync(path, 'utf8'), dir, path);
  return { dir, record: { ...record, config: { ...record.config, data: dataOf(dir, record.config) } } };
}

/** A run of the lab that has a text of its own names it by a path within its folder. */
function dataOf(dir: string, { data }: TrainConfig): string | null {
  return data === null || isHubName(data) ? data : resolve(dir, data);
}
