import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseJsonlRecords, parseRecords, recordsFromRows } from '@nibble-ml/scaling-law';
import type { ScalingRecord } from '@nibble-ml/scaling-law';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readText } from '../data/read-text.ts';
import { runRecord } from './run-record.ts';

/**
 * Finished runs from files and folders: CSV, JSON Lines (`.jsonl`, `.ndjson`), Parquet (`.parquet`), a run folder, or a
 * folder of run folders, of which unfinished ones are left out.
 *
 * @throws Error naming what cannot be read, with its line or row.
 */
export async function readScalingRecords(paths: readonly string[]): Promise<ScalingRecord[]> {
  const lists: ScalingRecord[][] = [];
  for (const path of paths) lists.push(await recordsAt(path));
  return lists.flat();
}

async function recordsAt(path: string): Promise<ScalingRecord[]> {
  if (existsSync(path) && statSync(path).isDirectory()) return folderRecords(path);
  try {
    if (/\.parquet$/i.test(path)) return recordsFromRows(await parquetRows(path));
    const { text } = readText(path);
    return /\.(jsonl|ndjson)$/i.test(path) ? parseJsonlRecords(text) : parseRecords(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SyntaxError(`${path}: ${cause.message}`, { cause });
  }
}

async function parquetRows(path: string): Promise<Record<string, unknown>[]> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new Error(
      `readScalingRecords: ${path} must be a file that can be read, but is not; check the path`,
      {
        cause,
      },
    );
  }
  try {
    return await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
      compressors,
    });
  } catch (cause) {
    throw new Error(
      `readScalingRecords: ${path} must be a Parquet file, but reading it says: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function folderRecords(path: string): ScalingRecord[] {
  if (isRun(path)) return [runRecord(path)];
  const runs = readdirSync(path)
    .toSorted()
    .map((name) => join(path, name))
    .filter(isRun);
  const finished = runs.flatMap((run) => {
    try {
      return [runRecord(run)];
    } catch (error) {
      if (error instanceof Error && /must be a finished run/.test(error.message)) return [];
      throw error;
    }
  });
  if (finished.length === 0) {
    throw new Error(
      `readScalingRecords: ${path} must be a run or hold finished runs, but ` +
        `${runs.length === 0 ? 'no folder in it is one' : `none of its ${runs.length} runs is finished`}; check the path`,
    );
  }
  return finished;
}

function isRun(dir: string): boolean {
  return existsSync(join(dir, 'config.json'));
}
