import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Redis } from 'ioredis';
import type { TrainConfig } from '../../config/train-config.ts';
import { isHubName } from '../../data/hub/hub-name.ts';
import { makeFolder } from '../../run/make-folder.ts';
import type { SweepRun } from '../plan-sweep.ts';
import { CHUNK_BYTES, keepChunks, readChunks, writeChunks } from './chunks.ts';
import { PREFIX } from './run-job.ts';
import type { RunJob, SharedFile } from './run-job.ts';

const MOST_BYTES = 64 * 2 ** 20;
const KEPT_SECONDS = 30 * 24 * 3600;

const keyOf = ({ sha256 }: SharedFile): string => `${PREFIX}:file:${sha256}`;
const chunksOf = ({ bytes }: SharedFile): number => Math.ceil(bytes / CHUNK_BYTES);

/**
 * Returns the files of a run that workers get through Redis: texts and vocabularies. Datasets and hub names stay what
 * they are.
 *
 * @throws RangeError for a file above 64 MiB.
 */
export function sharedFilesOf({ config, files }: SweepRun): RunJob['shared'] {
  const { data, tokenizer } = config;
  const isFile = data !== null && !isHubName(data) && statSync(data).isFile();
  return {
    data: isFile ? describe(data, files.data) : null,
    tokenizer: tokenizer === null ? null : describe(tokenizer, files.tokenizer!),
  };
}

function describe(path: string, sha256: string): SharedFile {
  const bytes = statSync(path).size;
  if (bytes > MOST_BYTES) {
    throw new RangeError(
      `nibble sweep --redis: ${path} must be at most 64 MiB to go through Redis, but has ${bytes} bytes; make a dataset of it with nibble tokenize, in a folder that all machines have under the same path`,
    );
  }
  return { sha256, bytes, extension: extname(path) };
}

/** Puts the files of runs into Redis, as far as it does not have them. */
export async function shareFiles(client: Redis, runs: readonly SweepRun[]): Promise<void> {
  const done = new Set<string>();
  for (const run of runs) {
    const shared = sharedFilesOf(run);
    for (const key of ['data', 'tokenizer'] as const) {
      const file = shared[key];
      if (file === null || done.has(file.sha256)) continue;
      done.add(file.sha256);
      if (await keepChunks(client, keyOf(file), { chunks: chunksOf(file) }, KEPT_SECONDS)) continue;
      await writeChunks(client, keyOf(file), run.config[key]!, KEPT_SECONDS);
    }
  }
}

/**
 * Returns the config of a job with the paths of its files on this machine, which are fetched once.
 *
 * @throws MissingChunkError when a file is not in Redis any more.
 */
export async function withLocalFiles(
  client: Redis,
  config: TrainConfig,
  shared: RunJob['shared'],
  folder: string,
): Promise<TrainConfig> {
  const local = async (file: SharedFile | null, path: string | null): Promise<string | null> =>
    file === null ? path : fetchFile(client, file, folder);
  return {
    ...config,
    data: await local(shared.data, config.data),
    tokenizer: await local(shared.tokenizer, config.tokenizer),
  };
}

async function fetchFile(client: Redis, file: SharedFile, folder: string): Promise<string> {
  const path = join(folder, `${file.sha256}${file.extension}`);
  if (existsSync(path)) return path;
  makeFolder(folder);
  // Several jobs may want it at once.
  const temporary = `${path}.${process.pid}-${performance.now()}`;
  try {
    await readChunks(client, keyOf(file), { ...file, chunks: chunksOf(file) }, temporary);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  return path;
}
