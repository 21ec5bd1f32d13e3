import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256 } from './checkpoint-manifest.ts';
import { readWholeFile, replaceFile } from './durable-file.ts';
import { makeFolder } from './make-folder.ts';

/** The encoded text of a run. */
export interface TokenShards {
  /** Name of the text. */
  name: string;
  /** SHA-256 of the text's UTF-8 bytes, in hex. */
  sha256: string;
  /** Tokens in the vocabulary; decides the element type. */
  vocabSize: number;
  /** Tokens of the training part. */
  train: Int32Array;
  /** Tokens of the validation part. */
  validation: Int32Array;
}

const shardSchema = z.strictObject({ file: z.string(), tokens: z.int().min(0), sha256: z.string() });
const manifestSchema = z.strictObject({
  format: z.literal('nibble-tokens'),
  version: z.literal(1),
  name: z.string(),
  sha256: z.string(),
  vocabSize: z.int().min(1),
  dtype: z.enum(['u16', 'i32']),
  train: shardSchema,
  validation: shardSchema,
});

/** The folder of the token shards of a run. */
export const tokensFolder = (runDir: string): string => join(runDir, 'tokens');

/** Whether {@link writeTokenShards} has finished for a run. */
export const hasTokenShards = (runDir: string): boolean =>
  existsSync(join(tokensFolder(runDir), 'manifest.json'));

/**
 * Writes the encoded text of a run, `train` and `validation` as plain little-endian arrays: `.u16` for vocabularies
 * up to 65,536, else `.i32`. The manifest comes last, so shards without one are unfinished.
 *
 * @throws the system's error when it cannot be written.
 */
export function writeTokenShards(runDir: string, shards: TokenShards): void {
  const folder = tokensFolder(runDir);
  const dtype = shards.vocabSize <= 65_536 ? 'u16' : 'i32';
  makeFolder(folder);
  const write = (part: 'train' | 'validation'): z.infer<typeof shardSchema> => {
    const packed = dtype === 'u16' ? Uint16Array.from(shards[part]) : shards[part];
    const bytes = new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength);
    const file = `${part}.${dtype}`;
    replaceFile(join(folder, file), bytes);
    return { file, tokens: packed.length, sha256: sha256([bytes]) };
  };
  const { name, sha256: textSha256, vocabSize } = shards;
  const manifest: z.infer<typeof manifestSchema> = {
    format: 'nibble-tokens',
    version: 1,
    name,
    sha256: textSha256,
    vocabSize,
    dtype,
    train: write('train'),
    validation: write('validation'),
  };
  replaceFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Returns the encoded text of a run.
 *
 * @throws Error naming the file that is missing, torn or changed.
 */
export function readTokenShards(runDir: string): TokenShards {
  const folder = tokensFolder(runDir);
  const path = join(folder, 'manifest.json');
  const fail = (file: string, problem: string): never => {
    throw new Error(`readTokenShards: ${file} ${problem}; delete ${folder} and encode the text again`);
  };
  const manifest = parseManifest(path, fail);
  const read = (part: 'train' | 'validation'): Int32Array => {
    const shard = manifest[part];
    const file = join(folder, shard.file);
    if (!existsSync(file)) fail(file, 'is missing');
    const bytes = readWholeFile(file);
    if (sha256([bytes]) !== shard.sha256) fail(file, 'does not have the SHA-256 of the manifest');
    const packed = manifest.dtype === 'u16' ? new Uint16Array(bytes.buffer) : new Int32Array(bytes.buffer);
    return Int32Array.from(packed);
  };
  const { name, vocabSize } = manifest;
  return { name, sha256: manifest.sha256, vocabSize, train: read('train'), validation: read('validation') };
}

function parseManifest(
  path: string,
  fail: (file: string, problem: string) => never,
): z.infer<typeof manifestSchema> {
  if (!existsSync(path)) return fail(path, 'is missing');
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return fail(path, 'is no token manifest');
  }
}
