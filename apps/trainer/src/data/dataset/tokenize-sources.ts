import { statSync } from 'node:fs';
import type { SourceFile } from '../documents/source-file.ts';
import type { DatasetPlan } from './dataset-plan.ts';
import { splitNames, type Shard, type SplitName } from './manifest.ts';
import { readProgress, writeProgress, type DatasetProgress } from './progress.ts';
import { createShardWriter, type AppendBytes } from './shard-writer.ts';
import { splitDocuments, type SplitPiece } from './split-documents.ts';
import type { TokenDtype } from './token-dtype.ts';
import type { EncodedBatch } from './tokenize-messages.ts';
import type { TokenizerPool } from './tokenizer-pool.ts';

/** Characters handed to a thread at once. */
const batchCharacters = 2 ** 19;

/** Batches between two records of progress; each waits for the disk. */
const batchesPerRecord = 64;

/** Options of {@link tokenizeSources}. */
export interface TokenizeSourcesOptions {
  readonly dir: string;
  readonly files: readonly SourceFile[];
  readonly plan: DatasetPlan;
  readonly dtype: TokenDtype;
  readonly pool: TokenizerPool;
  readonly threads: number;
  /** Called with the bytes of the sources read so far, and the bytes of text tokenized by this process. */
  readonly onProgress: (bytes: number, fresh: number) => void;
  /** Aborting it stops with a record of progress. */
  readonly signal: AbortSignal;
  readonly append?: AppendBytes | undefined;
  /** Batches between two records of progress; tests set it low. */
  readonly recordEvery?: number | undefined;
}

/** What the parts of a dataset hold. */
export type WrittenSplits = Record<SplitName, { documents: number; bytes: number; shards: Shard[] }>;

interface PendingBatch {
  readonly pieces: readonly SplitPiece[];
  readonly encoded: Promise<EncodedBatch['pieces']>;
  /** Where reading stands after the batch. */
  readonly source: number;
  readonly piece: number;
  readonly bytesRead: number;
}

/**
 * Reads all documents in order, has threads tokenize them and writes the ids in that same order, so that the shards
 * depend neither on the number of threads nor on interruptions. Goes on where an earlier process stopped.
 *
 * @returns undefined when it was stopped by the signal
 * @throws Error when a document cannot be read any more, or a shard cannot be written
 */
export async function tokenizeSources(options: TokenizeSourcesOptions): Promise<WrittenSplits | undefined> {
  const { dir, files, plan, dtype, pool, threads, onProgress, signal } = options;
  const progress = readProgress(dir);
  const writers = Object.fromEntries(
    splitNames.map((split) => [
      split,
      createShardWriter({
        dir,
        split,
        dtype,
        shardTokens: plan.settings.shardTokens,
        position: progress.splits[split].position,
        append: options.append,
      }),
    ]),
  ) as Record<SplitName, ReturnType<typeof createShardWriter>>;
  const queue: PendingBatch[] = [];
  let fresh = 0;
  let sinceRecord = 0;

  const record = (): void => {
    for (const split of splitNames) progress.splits[split].position = writers[split].sync();
    writeProgress(dir, progress);
    sinceRecord = 0;
  };
  const settle = async (batch: PendingBatch): Promise<void> => {
    for (const [index, { tokens, bytes }] of (await batch.encoded).entries()) {
      const { split, first } = batch.pieces[index]!;
      writers[split].write(tokens);
      progress.splits[split].bytes += bytes;
      if (first) progress.splits[split].documents++;
      fresh += bytes;
    }
    progress.source = batch.source;
    progress.piece = batch.piece;
    onProgress(batch.bytesRead, fresh);
    if (++sinceRecord >= (options.recordEvery ?? batchesPerRecord)) record();
  };

  try {
    for await (const batch of batchesFrom(files, plan, progress, signal)) {
      const encoded = pool.encode(
        batch.pieces.map(({ text, first, last }) => ({ text, continues: !first, last })),
      );
      // Until it is waited for, nobody else would hear of a failure.
      encoded.catch(() => undefined);
      queue.push({ ...batch, encoded });
      if (queue.length >= 2 * threads) await settle(queue.shift()!);
    }
    for (const batch of queue) await settle(batch);
    record();
    if (signal.aborted) return undefined;
    return Object.fromEntries(
      splitNames.map((split) => {
        const { documents, bytes } = progress.splits[split];
        return [split, { documents, bytes, shards: writers[split].finish() }];
      }),
    ) as WrittenSplits;
  } finally {
    for (const split of splitNames) writers[split].close();
  }
}

async function* batchesFrom(
  files: readonly SourceFile[],
  { settings, rule }: DatasetPlan,
  from: DatasetProgress,
  signal: AbortSignal,
): AsyncGenerator<Omit<PendingBatch, 'encoded'>> {
  const [firstSource, firstPiece] = [from.source, from.piece];
  let bytesRead = files.slice(0, firstSource).reduce((sum, { bytes }) => sum + bytes, 0);
  let pieces: SplitPiece[] = [];
  let characters = 0;
  for (let source = firstSource; source < files.length; source++) {
    const skipped = source === firstSource ? firstPiece : 0;
    const watch = {
      onBytes: (bytes: number) => {
        bytesRead += bytes;
      },
    };
    let piece = 0;
    requireUnchanged(files[source]!);
    for await (const next of splitDocuments(files[source]!, settings, rule, watch)) {
      if (signal.aborted) return;
      if (++piece <= skipped) continue;
      pieces.push(next);
      characters += next.text.length;
      if (characters < batchCharacters) continue;
      yield { pieces, source, piece, bytesRead };
      pieces = [];
      characters = 0;
    }
    // What is left goes into a batch with the next file's: there may be a million small ones.
    if (source === files.length - 1 && pieces.length > 0) yield { pieces, source, piece, bytesRead };
  }
}

function requireUnchanged({ path, name, bytes, modified }: SourceFile): void {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.size === bytes && status.mtimeMs === modified) return;
  throw new Error(
    `tokenizeDataset: ${name} must not change while it is read, but it ${status === undefined ? 'is gone' : 'was changed'}; start again`,
  );
}
