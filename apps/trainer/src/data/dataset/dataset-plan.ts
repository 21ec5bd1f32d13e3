import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { byteStream } from '../documents/byte-stream.ts';
import type { SourceFile } from '../documents/source-file.ts';
import type { SplitRule } from './split-documents.ts';
import type { SurveyedSource } from './survey.ts';
import { manifestFile, tokenizerFile, type DatasetSettings } from './manifest.ts';

/** Name of the file that says what a dataset is made from. */
export const planFile = 'plan.json';

/** Name of the file that says how far a dataset is. */
export const progressFile = 'progress.json';

/** The vocabulary that was asked for: one to train, or one that was given. */
export type TokenizerRequest = { readonly vocabSize: number } | { readonly sha256: string };

/** What a dataset is made from: written when all sources have been read once, and the vocabulary is there. */
export interface DatasetPlan {
  readonly format: 'nibble-dataset-plan';
  readonly version: 1;
  readonly settings: DatasetSettings;
  readonly tokenizer: TokenizerRequest;
  readonly sources: readonly SurveyedSource[];
  readonly rule: SplitRule;
}

const schema: z.ZodType<DatasetPlan> = z.object({
  format: z.literal('nibble-dataset-plan'),
  version: z.literal(1),
  settings: z.object({
    textField: z.string(),
    validationFraction: z.number(),
    splitSeed: z.number(),
    shardTokens: z.number(),
  }),
  tokenizer: z.union([z.object({ vocabSize: z.number() }), z.object({ sha256: z.string() })]),
  sources: z.array(
    z.object({
      name: z.string(),
      format: z.enum(['text', 'jsonl', 'parquet']),
      bytes: z.number(),
      modified: z.number(),
      sha256: z.string(),
      documents: z.number(),
      pieces: z.number(),
    }),
  ),
  rule: z.object({ threshold: z.number(), cutAt: z.number().nullable() }),
});

/** What there is in the folder that a dataset is to be made in. */
export type FolderState =
  | { readonly type: 'new' }
  | { readonly type: 'begun' | 'complete'; readonly plan: DatasetPlan }
  | { readonly type: 'foreign' };

/** Looks into a folder, which need not exist. */
export function folderState(dir: string): FolderState {
  if (!existsSync(dir)) return { type: 'new' };
  const names = readdirSync(dir).filter((name) => !name.startsWith('.tmp-') && name !== 'lock');
  if (names.includes(planFile)) {
    const parsed = schema.safeParse(parseOrNull(readFileSync(join(dir, planFile), 'utf8')));
    if (parsed.success)
      return { type: names.includes(manifestFile) ? 'complete' : 'begun', plan: parsed.data };
  }
  // Killed after the vocabulary and before the plan.
  return { type: names.every((name) => name === tokenizerFile) ? 'new' : 'foreign' };
}

/**
 * Returns what is not as a plan says, in words, or nothing when a dataset made from it would be the same.
 *
 * @param files - The sources as they are now. Those with another time of change are hashed.
 */
export async function differenceFrom(
  plan: DatasetPlan,
  settings: DatasetSettings,
  tokenizer: TokenizerRequest,
  files: readonly SourceFile[],
): Promise<string | undefined> {
  for (const [key, value] of Object.entries(settings)) {
    const planned = plan.settings[key as keyof DatasetSettings];
    if (planned !== value) return `${key} was ${planned} and is now ${value}`;
  }
  if (JSON.stringify(plan.tokenizer) !== JSON.stringify(tokenizer)) return 'the tokenizer is another one';
  if (plan.sources.length !== files.length)
    return `there were ${plan.sources.length} sources and are now ${files.length}`;
  for (const [index, source] of plan.sources.entries()) {
    const file = files[index]!;
    if (file.name !== source.name) return `${source.name} is now ${file.name}`;
    const changed =
      file.bytes !== source.bytes ||
      (file.modified !== source.modified && (await hashOf(file)) !== source.sha256);
    if (changed) return `${source.name} was changed`;
  }
  return undefined;
}

async function hashOf(file: SourceFile): Promise<string> {
  let sha256 = '';
  const plain = { ...file, compression: undefined };
  const watch = {
    onHash: (hash: string) => {
      sha256 = hash;
    },
  };
  for await (const _ of byteStream(plain, watch));
  return sha256;
}

function parseOrNull(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
