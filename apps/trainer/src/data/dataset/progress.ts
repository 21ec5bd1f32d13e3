import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../run/durable-file.ts';
import { progressFile } from './dataset-plan.ts';
import type { SplitName } from './manifest.ts';
import type { ShardPosition } from './shard-writer.ts';

/** How far a part of a dataset is. */
export interface SplitProgress {
  documents: number;
  bytes: number;
  position: ShardPosition;
}

/** How far a dataset is: everything before this is on the disk. */
export interface DatasetProgress {
  /** Index of the source that is being read. */
  source: number;
  /** Pieces of its documents that are done. */
  piece: number;
  splits: Record<SplitName, SplitProgress>;
}

const count = z.int().min(0);
const split: z.ZodType<SplitProgress> = z.object({
  documents: count,
  bytes: count,
  position: z.object({
    shards: z.array(z.object({ file: z.string(), tokens: count, sha256: z.string() })),
    open: count,
  }),
});
const schema: z.ZodType<DatasetProgress> = z.object({
  source: count,
  piece: count,
  splits: z.object({ train: split, validation: split }),
});

function noProgress(): SplitProgress {
  return { documents: 0, bytes: 0, position: { shards: [], open: 0 } };
}

/** Reads how far the dataset in a folder is; the beginning when nothing was written yet. */
export function readProgress(dir: string): DatasetProgress {
  const path = join(dir, progressFile);
  if (!existsSync(path))
    return { source: 0, piece: 0, splits: { train: noProgress(), validation: noProgress() } };
  return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** Writes down how far the dataset in a folder is; what it says must be on the disk already. */
export function writeProgress(dir: string, progress: DatasetProgress): void {
  replaceFile(join(dir, progressFile), JSON.stringify(progress));
}
