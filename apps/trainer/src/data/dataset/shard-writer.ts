import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Shard, SplitName } from './manifest.ts';
import { bytesPerToken, storedBytes, type StoredTokens, type TokenDtype } from './token-dtype.ts';

/** Writes bytes at the end of a file, and returns how many were written; tests put a full disk here. */
export type AppendBytes = (file: number, bytes: Uint8Array) => number;

/** Where a {@link ShardWriter} stands; plain JSON. */
export interface ShardPosition {
  /** The shards that are full. */
  readonly shards: readonly Shard[];
  /** Tokens in the one after them. */
  readonly open: number;
}

/** Writes token ids one after the other into shards of a fixed size. */
export interface ShardWriter {
  /** Appends ids. */
  write(tokens: StoredTokens): void;
  /** Waits until the disk has everything, and returns the position; a writer made from it goes on there. */
  sync(): ShardPosition;
  /** Ends the last shard, and returns all shards. */
  finish(): Shard[];
  /** Gives the file back without ending the shard. */
  close(): void;
}

/** Options of {@link createShardWriter}. */
export interface ShardWriterOptions {
  readonly dir: string;
  readonly split: SplitName;
  readonly dtype: TokenDtype;
  /** Tokens of a full shard. */
  readonly shardTokens: number;
  /** Where an earlier writer was when it last synced; what it wrote after that is overwritten. */
  readonly position?: ShardPosition | undefined;
  readonly append?: AppendBytes | undefined;
}

/**
 * Returns a writer of shards `<split>-00000.bin`, `<split>-00001.bin`, …
 *
 * @throws the system's error, as when the disk is full; Error when a shard is shorter than the position says.
 */
export function createShardWriter(options: ShardWriterOptions): ShardWriter {
  const {
    dir,
    split,
    dtype,
    shardTokens,
    position,
    append = (file, bytes) => writeSync(file, bytes),
  } = options;
  const width = bytesPerToken(dtype);
  const shards: Shard[] = [...(position?.shards ?? [])];
  let inShard = position?.open ?? 0;
  let hash = createHash('sha256');
  let file: number | undefined;
  const name = (): string => `${split}-${String(shards.length).padStart(5, '0')}.bin`;

  const openFile = (): number => {
    if (inShard === 0) return openSync(join(dir, name()), 'w');
    const resumed = openSync(join(dir, name()), 'r+');
    hashBeginning(resumed, inShard * width, hash, join(dir, name()));
    ftruncateSync(resumed, inShard * width);
    return resumed;
  };
  const endShard = (): void => {
    if (file === undefined) return;
    fsyncSync(file);
    closeSync(file);
    file = undefined;
    shards.push({ file: name(), tokens: inShard, sha256: hash.digest('hex') });
    inShard = 0;
    hash = createHash('sha256');
  };
  if (inShard > 0) file = openFile();

  return {
    write(tokens) {
      for (let from = 0; from < tokens.length;) {
        file ??= openFile();
        const take = Math.min(tokens.length - from, shardTokens - inShard);
        const bytes = storedBytes(tokens.subarray(from, from + take));
        writeAt(file, bytes, append);
        hash.update(bytes);
        from += take;
        inShard += take;
        if (inShard === shardTokens) endShard();
      }
    },
    sync() {
      if (file !== undefined) fsyncSync(file);
      return { shards: [...shards], open: inShard };
    },
    finish() {
      endShard();
      return shards;
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function writeAt(file: number, bytes: Uint8Array, append: AppendBytes): void {
  for (let done = 0; done < bytes.length;) done += append(file, bytes.subarray(done));
}

/** Hashes what a shard begins with, and leaves the file's own position behind it. */
function hashBeginning(file: number, length: number, hash: Hash, path: string): void {
  const chunk = new Uint8Array(Math.min(2 ** 20, length));
  for (let done = 0; done < length;) {
    const read = readSync(file, chunk, 0, Math.min(chunk.length, length - done), null);
    if (read === 0) {
      throw new Error(
        `tokenizeDataset: ${path} must have at least ${length} bytes, but it ends after ${done}; remove the folder and start again`,
      );
    }
    hash.update(chunk.subarray(0, read));
    done += read;
  }
}
