import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenSource } from '../token-source.ts';
import { readManifest, splitNames, tokenizerFile, tokenizerHash, type Manifest } from './manifest.ts';
import { shardedTokens } from './sharded-tokens.ts';

/** A dataset that can be trained on. */
export interface Dataset {
  /** Its folder. */
  readonly dir: string;
  /** What it says of itself. */
  readonly manifest: Manifest;
  /** SHA-256 of the manifest, in hex: it stands for the whole dataset. */
  readonly sha256: string;
  /** Its vocabulary. */
  readonly tokenizerJson: object;
  /** Tokens of the training part. */
  readonly train: TokenSource;
  /** Tokens of the validation part. */
  readonly validation: TokenSource;
}

/**
 * Opens a dataset's folder. The sizes of all files are checked; {@link verifyShards} checks what is in them.
 *
 * @throws Error naming the file that is missing, torn or changed.
 */
export function openDataset(dir: string): Dataset {
  const { manifest, sha256 } = readManifest(dir);
  const tokenizerJson = readTokenizer(join(dir, tokenizerFile));
  if (tokenizerHash(tokenizerJson) !== manifest.tokenizer.sha256) {
    throw new Error(
      `openDataset: ${join(dir, tokenizerFile)} must be the tokenizer that the dataset was made with, but it is another one; put it back, or remove the folder of the dataset and make it again`,
    );
  }
  const tokensOf = (split: (typeof splitNames)[number]): TokenSource =>
    shardedTokens({
      dir,
      shards: manifest.splits[split].shards,
      shardTokens: manifest.settings.shardTokens,
      dtype: manifest.dtype,
      vocabSize: manifest.tokenizer.vocabSize,
    });
  return {
    dir,
    manifest,
    sha256,
    tokenizerJson,
    train: tokensOf('train'),
    validation: tokensOf('validation'),
  };
}

/**
 * Compares every shard with its SHA-256 in the manifest.
 *
 * @throws Error naming the shard that was changed.
 */
export async function verifyShards({ dir, manifest }: Dataset): Promise<void> {
  for (const { file, sha256 } of splitNames.flatMap((split) => manifest.splits[split].shards)) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(join(dir, file), { highWaterMark: 2 ** 20 }))
      hash.update(chunk as Uint8Array);
    if (hash.digest('hex') === sha256) continue;
    throw new Error(
      `openDataset: ${join(dir, file)} was changed, it does not have the SHA-256 of the manifest; remove the folder of the dataset and make it again`,
    );
  }
}

/**
 * Reads a `tokenizer.json`.
 *
 * @throws Error naming the file when it is missing or no JSON object.
 */
export function readTokenizer(path: string): object {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(
      code === 'ENOENT'
        ? `readTokenizer: ${path} must be a tokenizer.json, but there is no such file; check the path`
        : `readTokenizer: ${path} must be a tokenizer.json, but ${message}`,
      { cause },
    );
  }
  if (typeof json !== 'object' || json === null)
    throw new Error(`readTokenizer: ${path} must be a tokenizer.json, but it holds no object`);
  return json;
}
