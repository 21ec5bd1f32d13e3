import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { requirePiece, type TokenSource } from '../token-source.ts';
import type { Shard } from './manifest.ts';
import { bytesPerToken, type TokenDtype } from './token-dtype.ts';

/** Files kept open at once. */
const openFiles = 64;

/** What {@link shardedTokens} reads. */
export interface ShardedTokensOptions {
  /** The dataset's folder. */
  readonly dir: string;
  /** The shards in order; all but the last hold `shardTokens` tokens. */
  readonly shards: readonly Shard[];
  /** Tokens of a full shard. */
  readonly shardTokens: number;
  /** How ids are stored. */
  readonly dtype: TokenDtype;
  /** Ids are below this. */
  readonly vocabSize: number;
}

/**
 * Returns the tokens of shards, read from disk where they are asked for: memory does not grow with the data.
 *
 * @throws Error naming the shard that is missing or has another size than the manifest says. Reading throws one that
 *   names the shard whose tokens are not in the vocabulary.
 */
export function shardedTokens(options: ShardedTokensOptions): TokenSource {
  const { dir, shards, shardTokens, dtype, vocabSize } = options;
  const width = bytesPerToken(dtype);
  for (const [index, { file, tokens }] of shards.entries()) {
    const bytes = sizeOf(join(dir, file));
    if (bytes !== tokens * width || (index < shards.length - 1 && tokens !== shardTokens)) {
      throw new Error(
        `openDataset: ${join(dir, file)} must have ${tokens * width} bytes, but ${bytes === undefined ? 'it is missing' : `it has ${bytes}`}; remove the folder of the dataset and make it again`,
      );
    }
  }
  const length = shards.reduce((sum, { tokens }) => sum + tokens, 0);
  const opened = new Map<number, number>();
  const fileOf = (shard: number): number => {
    const found = opened.get(shard);
    if (found !== undefined) return found;
    if (opened.size >= openFiles) {
      const [[oldest, descriptor]] = opened as unknown as [[number, number]];
      closeSync(descriptor);
      opened.delete(oldest);
    }
    const descriptor = openSync(join(dir, shards[shard]!.file), 'r');
    opened.set(shard, descriptor);
    return descriptor;
  };

  return {
    length,
    read(start, count) {
      requirePiece(start, count, length);
      const ids = new Int32Array(count);
      for (let done = 0; done < count;) {
        const shard = Math.floor((start + done) / shardTokens);
        const at = start + done - shard * shardTokens;
        const take = Math.min(count - done, shards[shard]!.tokens - at);
        const stored = new (dtype === 'uint16' ? Uint16Array : Uint32Array)(take);
        const bytes = readSync(fileOf(shard), stored, 0, take * width, at * width);
        if (bytes !== take * width)
          throw torn(dir, shards[shard]!, `it ends after ${at * width + bytes} bytes`);
        for (let i = 0; i < take; i++) {
          const id = stored[i]!;
          if (id >= vocabSize) throw torn(dir, shards[shard]!, `token ${at + i} has the id ${id}`);
          ids[done + i] = id;
        }
        done += take;
      }
      return ids;
    },
  };
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function torn(dir: string, { file }: Shard, problem: string): Error {
  return new Error(
    `openDataset: ${join(dir, file)} was changed, ${problem}; remove the folder of the dataset and make it again`,
  );
}
