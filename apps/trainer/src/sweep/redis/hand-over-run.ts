import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Redis } from 'ioredis';
import { checkpointFolder, checkpointSteps } from '../../run/checkpoint-folders.ts';
import { checksumsOf } from '../../run/checksums.ts';
import { CHECKSUMS_FILE } from '../../run/checksum-list.ts';
import { replaceFile, syncFolder } from '../../run/durable-file.ts';
import { makeFolder } from '../../run/make-folder.ts';
import { openRun } from '../../run/run-folder.ts';
import { readText } from '../../data/read-text.ts';
import { strictJson } from '../../run/strict-json.ts';
import type { SweepRun } from '../plan-sweep.ts';
import { readChunks, removeChunks, writeChunks } from './chunks.ts';
import { PREFIX } from './run-job.ts';
import type { RunJobResult } from './run-job.ts';

/** What nobody gathers is forgotten, and trained again when somebody asks for it. */
const KEPT_SECONDS = 30 * 24 * 3600;
const NOT_HANDED_OVER = /^(lock|failed\.json|set-aside|checkpoints|\.tmp-.*)$/;

const keyOf = (name: string, { upload }: Pick<RunJobResult, 'upload'>, path: string): string =>
  `${PREFIX}:result:${name}:${upload}:${path}`;

/** Puts a run that has ended into Redis: its files, of the checkpoints the last one. */
export async function uploadRun(
  client: Redis,
  name: string,
  dir: string,
  outcome: RunJobResult['outcome'],
): Promise<RunJobResult> {
  const upload = randomUUID();
  const last = checkpointSteps(dir).at(-1);
  const paths = readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && !NOT_HANDED_OVER.test(entry.name) ? [entry.name] : [],
  );
  if (last !== undefined) {
    const folder = checkpointFolder(dir, last)
      .slice(dir.length + 1)
      .split(/[\\/]/)
      .join('/');
    for (const file of readdirSync(join(dir, folder))) paths.push(`${folder}/${file}`);
  }
  const files: RunJobResult['files'][number][] = [];
  for (const path of paths) {
    const stored = await writeChunks(client, keyOf(name, { upload }, path), join(dir, path), KEPT_SECONDS);
    files.push({ path, ...stored });
  }
  return { outcome, upload, files };
}

/**
 * Puts a run from Redis into its folder, whole or not at all, in place of what is there; its settings then name the
 * paths of this machine. When it returns the disk has all of it, so that Redis may forget it.
 *
 * @throws MissingChunkError when Redis has not all of it any more.
 */
export async function downloadRun(
  client: Redis,
  { name, dir, config }: SweepRun,
  result: RunJobResult,
): Promise<void> {
  const [incoming, replaced] = [
    join(dirname(dir), `.tmp-in-${name}`),
    join(dirname(dir), `.tmp-out-${name}`),
  ];
  for (const folder of [incoming, replaced]) rmSync(folder, { recursive: true, force: true });
  makeFolder(incoming);
  const folders = new Set([incoming]);
  for (const file of result.files) {
    const path = join(incoming, file.path);
    for (const folder of makeFolder(dirname(path))) folders.add(folder);
    await readChunks(client, keyOf(name, result, file.path), file, path);
  }
  for (const folder of folders) syncFolder(folder);
  const { record } = openRun(incoming);
  const { data, tokenizer, out } = config;
  const moved = { ...record, config: { ...record.config, data, tokenizer, out } };
  const files = {
    'tokenizer.json': readText(join(incoming, 'tokenizer.json')).text,
    'config.json': `${strictJson({ format: 'nibble-run', version: 1, ...moved }, 'config.json', 2)}\n`,
  };
  for (const [file, content] of Object.entries({ [CHECKSUMS_FILE]: checksumsOf(files), ...files })) {
    replaceFile(join(incoming, file), content);
  }
  if (existsSync(dir)) renameSync(dir, replaced);
  renameSync(incoming, dir);
  syncFolder(dirname(dir));
  rmSync(replaced, { recursive: true, force: true });
}

/** Removes a run from Redis. */
export async function removeUpload(client: Redis, name: string, result: RunJobResult): Promise<void> {
  for (const file of result.files) await removeChunks(client, keyOf(name, result, file.path), file);
}
