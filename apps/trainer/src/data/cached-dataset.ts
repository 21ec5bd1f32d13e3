import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { TrainConfig } from '../config/train-config.ts';
import { differenceFrom, folderState } from './dataset/dataset-plan.ts';
import { defaultShardTokens, defaultSplitSeed } from './dataset/defaults.ts';
import { requestOf, type VocabularyChoice } from './dataset/make-plan.ts';
import { isDataset, readManifest, type DatasetSettings } from './dataset/manifest.ts';
import type { SourceFile } from './documents/source-file.ts';
import { cacheFolder } from './hub/cache-folder.ts';

/** What decides which dataset in the cache belongs to a run. */
export interface CachedDataset {
  /** The run's data, as it was named. */
  readonly name: string;
  readonly settings: DatasetSettings;
  readonly tokenizer: VocabularyChoice;
}

/** The dataset that a run's documents become, with the vocabulary of the run if it was given. */
export function cachedDatasetOf(
  name: string,
  {
    textField,
    validationFraction,
    vocabSize,
  }: Pick<TrainConfig, 'textField' | 'validationFraction' | 'vocabSize'>,
  json: object | undefined,
): CachedDataset {
  return {
    name,
    settings: {
      textField,
      validationFraction,
      splitSeed: defaultSplitSeed,
      shardTokens: defaultShardTokens,
    },
    tokenizer: json === undefined ? { vocabSize } : { json },
  };
}

/** The folders in which it may be: the first, and those made after the documents had changed. */
function* foldersOf({ name, settings, tokenizer }: CachedDataset): Generator<string> {
  const identity = JSON.stringify({ name, settings, tokenizer: requestOf(tokenizer) });
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 10);
  const first = join(cacheFolder(), 'datasets', `${basename(name).replaceAll(/[^\w.-]+/g, '-')}-${hash}`);
  yield first;
  for (let version = 2; ; version++) yield `${first}-${version}`;
}

/**
 * Returns the folder to make a dataset in, or in which it was made of the same documents. One of other documents is
 * left alone, as runs may go on with it; an unfinished one is not.
 *
 * @param note - Told what is different about a dataset that is left alone.
 */
export async function folderToUse(
  dataset: CachedDataset,
  files: readonly SourceFile[],
  note: (text: string) => void,
): Promise<string> {
  for (const dir of foldersOf(dataset)) {
    const state = folderState(dir);
    if (state.type === 'new' || state.type === 'begun') return dir;
    if (state.type === 'foreign') continue;
    const difference = await differenceFrom(
      state.plan,
      dataset.settings,
      requestOf(dataset.tokenizer),
      files,
    );
    if (difference === undefined) return dir;
    note(`dataset  ${dir} is of other documents: ${difference}`);
  }
  throw new Error('folderToUse: there are always more folders');
}

/**
 * Returns the folder of the dataset that a run was begun with, when it is still in the cache: the run then goes on
 * without its documents, which may have changed or be on a hub that cannot be reached.
 *
 * @param sha256 - Of its manifest.
 */
export function folderMadeBefore(dataset: CachedDataset, sha256: string): string | undefined {
  for (const dir of foldersOf(dataset)) {
    if (folderState(dir).type === 'new') return undefined;
    if (isDataset(dir) && readManifest(dir).sha256 === sha256) return dir;
  }
  return undefined;
}
