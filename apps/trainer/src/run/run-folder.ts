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
import type { LlamaConfig } from '@nibble-ml/llama';
import { z } from 'zod';
import { parseConfig } from '../config/resolve-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { CHECKSUMS_FILE, checksumsOf, verifyChecksums } from './checksums.ts';
import { removeQuietly, replaceFile, syncFolder } from './durable-file.ts';
import { makeFolder } from './make-folder.ts';
import { modelConfigSchema } from './model-config-schema.ts';
import { strictJson } from './strict-json.ts';

/** What a run's `config.json` says: enough to run it again. */
export interface RunRecord {
  /** The resolved config, with the seed. */
  config: TrainConfig;
  /** Versions of what ran, by name: the packages, Node, the backend. */
  versions: Readonly<Record<string, string>>;
  /** The backend that `auto` became. */
  backend: string;
  /** What the adapter says of itself; empty where there is none. */
  adapter: Readonly<Record<string, string>>;
  /** The model's resolved shape; absent in runs of older versions, where the zoo has it. See `modelConfigOfRun`. */
  modelConfig?: LlamaConfig;
  /** What `nibble import` made the run of, for people; absent in runs that were trained. */
  importedFrom?: string;
}

/** A run folder. */
export interface Run {
  /** The folder. */
  dir: string;
  /** Its `config.json`. */
  record: RunRecord;
}

const stringRecord = z.record(z.string(), z.string());
const recordSchema = z.object({
  format: z.literal('nibble-run'),
  version: z.literal(1),
  config: z.record(z.string(), z.unknown()),
  versions: stringRecord,
  backend: z.string(),
  adapter: stringRecord,
  modelConfig: modelConfigSchema.exactOptional(),
  importedFrom: z.string().exactOptional(),
});

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
  const json = strictJson({ format: 'nibble-run', version: 1, ...record }, 'config.json', 2);
  requireNewFolder(dir);
  // The config, which makes the folder a run, is last.
  const contents = { ...files, 'config.json': `${json}\n` };
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
  const fail = (but: string, cause?: unknown): never => {
    throw new Error(`openRun: ${dir} must be the folder of a run, but ${but}`, { cause });
  };
  if (!existsSync(dir)) fail('it does not exist; check the path');
  if (!statSync(dir).isDirectory()) fail('it is a file; give the folder that holds config.json');
  if (!existsSync(path)) fail('it has no config.json; give the folder that nibble train printed');
  verifyChecksums(dir);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    fail(`its config.json cannot be read: ${(cause as Error).message}`, cause);
  }
  const parsed = recordSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return fail(`its config.json has a wrong field ${issue.path.join('.')}: ${issue.message}`);
  }
  const { format: _format, version: _version, config, ...rest } = parsed.data;
  return { dir, record: { config: parseConfig(config, path), ...rest } };
}
