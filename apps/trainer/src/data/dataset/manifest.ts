import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SourceFormat } from '../documents/source-file.ts';
import type { TokenDtype } from './token-dtype.ts';

/** The parts of a dataset. */
export const splitNames = ['train', 'validation'] as const;

/** A part of a dataset. */
export type SplitName = (typeof splitNames)[number];

/** A file of token ids, little-endian and without a header. */
export interface Shard {
  /** Its name in the dataset's folder. */
  readonly file: string;
  readonly tokens: number;
  /** Of the file, in hex. */
  readonly sha256: string;
}

/** What a part of a dataset holds. */
export interface SplitRecord {
  readonly documents: number;
  /** Tokens, with the one at the end of each document. */
  readonly tokens: number;
  /** UTF-8 bytes of the documents. */
  readonly bytes: number;
  /** In order; all but the last are full. */
  readonly shards: readonly Shard[];
}

/** A file that documents were read from. */
export interface SourceRecord {
  readonly name: string;
  readonly format: SourceFormat;
  /** Size on disk. */
  readonly bytes: number;
  /** Of the file as it lies on disk, in hex. */
  readonly sha256: string;
  /** Documents in it that are not empty. */
  readonly documents: number;
}

/** What decides a dataset beside its sources and its tokenizer. */
export interface DatasetSettings {
  /** Field or column that holds the text of JSONL and Parquet files. */
  readonly textField: string;
  /** Share of the documents, or of a single text, to validate on. */
  readonly validationFraction: number;
  /** Decides, with what a document says, which part it belongs to. */
  readonly splitSeed: number;
  /** Tokens of a full shard. */
  readonly shardTokens: number;
}

/** A dataset's `manifest.json`. It is written last: a folder without it is no dataset yet. */
export interface Manifest {
  readonly format: 'nibble-dataset';
  readonly version: 1;
  readonly settings: DatasetSettings;
  readonly sources: readonly SourceRecord[];
  readonly tokenizer: {
    /** As {@link tokenizerHash} gives it. */
    readonly sha256: string;
    readonly vocabSize: number;
    /** The token at the end of each document. */
    readonly endOfTextId: number;
  };
  readonly dtype: TokenDtype;
  readonly splits: Readonly<Record<SplitName, SplitRecord>>;
}

const count = z.int().min(0);
const hash = z.string().regex(/^[\da-f]{64}$/);
const split: z.ZodType<SplitRecord> = z.strictObject({
  documents: count,
  tokens: count,
  bytes: count,
  shards: z.array(
    z.strictObject({
      // A name, not a path: a manifest cannot make anyone read another folder.
      file: z.string().regex(/^(train|validation)-\d{5,}\.bin$/),
      tokens: count,
      sha256: hash,
    }),
  ),
});
const schema: z.ZodType<Manifest> = z.strictObject({
  format: z.literal('nibble-dataset'),
  version: z.literal(1),
  settings: z.strictObject({
    textField: z.string(),
    validationFraction: z.number(),
    splitSeed: z.int(),
    shardTokens: z.int().min(1),
  }),
  sources: z.array(
    z.strictObject({
      name: z.string(),
      format: z.enum(['text', 'jsonl', 'parquet']),
      bytes: count,
      sha256: hash,
      documents: count,
    }),
  ),
  tokenizer: z.strictObject({ sha256: hash, vocabSize: z.int().min(1), endOfTextId: count }),
  dtype: z.enum(['uint16', 'uint32']),
  splits: z.strictObject({ train: split, validation: split }),
});

/** Name of the file that makes a folder a dataset. */
export const manifestFile = 'manifest.json';

/** Name of the dataset's vocabulary. */
export const tokenizerFile = 'tokenizer.json';

/** Whether a path is a dataset's folder: whether there is a manifest of ours in it. */
export function isDataset(path: string): boolean {
  const manifest = join(path, manifestFile);
  if (!existsSync(manifest) || !statSync(manifest).isFile()) return false;
  // Only the beginning: a folder of documents may hold any file of this name.
  return readFileSync(manifest, 'utf8').slice(0, 200).includes('"nibble-dataset"');
}

/**
 * Reads the manifest of a dataset.
 *
 * @returns the manifest, and the SHA-256 of the file, which stands for the whole dataset
 * @throws Error naming the field that is wrong.
 */
export function readManifest(dir: string): { manifest: Manifest; sha256: string } {
  const path = join(dir, manifestFile);
  if (!existsSync(path)) {
    throw new Error(
      `openDataset: ${dir} must be a dataset, but it has no ${manifestFile}; make one with nibble tokenize, or finish one by giving its command again`,
    );
  }
  const bytes = readFileSync(path);
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Error(`openDataset: ${path} must be JSON, but ${(cause as Error).message}`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new Error(
      `openDataset: ${path} must be the manifest of a dataset, but its field ${issue.path.join('.')} is wrong: ${issue.message}`,
    );
  }
  return { manifest: parsed.data, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** SHA-256, in hex, of what a `tokenizer.json` says, however it is laid out. */
export function tokenizerHash(tokenizerJson: unknown): string {
  return createHash('sha256').update(JSON.stringify(tokenizerJson)).digest('hex');
}
