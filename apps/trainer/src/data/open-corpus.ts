import type { TrainConfig } from '../config/train-config.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { cachedDatasetOf, folderMadeBefore, folderToUse } from './cached-dataset.ts';
import { defaultThreads } from './dataset/default-threads.ts';
import { splitNames, tokenizerHash } from './dataset/manifest.ts';
import { openDataset, readTokenizer, verifyShards, type Dataset } from './dataset/open-dataset.ts';
import { tokenizeDataset } from './dataset/tokenize-dataset.ts';
import type { TokenizeObserver } from './dataset/tokenize-observer.ts';
import { findData, type FindDataOptions, type FoundData } from './find-data.ts';
import { prepareCorpus, type Corpus } from './prepare-corpus.ts';
import { requireTokens } from './require-tokens.ts';

/** Bytes of shards up to which they are compared with their checksums whenever a run begins. */
const verifiedBytes = 2 ** 31;

/** The settings of a run that decide its tokens. */
export type CorpusSettings = Pick<
  TrainConfig,
  'data' | 'init' | 'tokenizer' | 'textField' | 'vocabSize' | 'context' | 'validationFraction'
>;

/**
 * Finds the data of a run that goes on: the dataset that it was begun with, while that is in the cache, else what its
 * config names now.
 *
 * @param settings - The run's.
 * @param tokenizerJson - The run's vocabulary.
 * @param progress - What its checkpoint says of its data; undefined when there is none yet.
 * @throws what {@link findData} throws.
 */
export async function findDataOfRun(
  settings: CorpusSettings,
  tokenizerJson: object,
  progress: { readonly dataSha256: string; readonly wholeText: boolean } | undefined,
  options: FindDataOptions,
): Promise<FoundData> {
  if (settings.data !== null && progress !== undefined && !progress.wholeText) {
    const given = settings.init !== null || settings.tokenizer !== null;
    const cached = cachedDatasetOf(settings.data, settings, given ? tokenizerJson : undefined);
    const dir = folderMadeBefore(cached, progress.dataSha256);
    if (dir !== undefined) return { type: 'dataset', dir };
  }
  return findData(settings.data, { ...options, wholeText: progress?.wholeText ?? false });
}

/** Options of {@link openCorpus}. */
export interface OpenCorpusOptions {
  /** The vocabulary of the run, where it has one already: that of `init`, or of the run that goes on. */
  readonly tokenizerJson?: object | undefined;
  readonly observer: TokenizeObserver;
  readonly signal: AbortSignal;
}

/**
 * Returns the tokens that a run trains on and is validated on. A text is split and encoded in memory. Files of
 * documents become a dataset in the cache folder, named after them and the settings; it is used again as long as they
 * have not changed. A dataset's tokens are read from disk where they are needed.
 *
 * @throws RangeError when a part has fewer than `context + 1` tokens; Error when a file cannot be read, a dataset is
 *   damaged, or it was made with another vocabulary than the run's; the signal's reason when it was aborted.
 */
export async function openCorpus(
  found: FoundData,
  settings: CorpusSettings,
  options: OpenCorpusOptions,
): Promise<Corpus> {
  const { observer, tokenizerJson: runs } = options;
  const given = settings.tokenizer === null ? undefined : readTokenizer(settings.tokenizer);
  if (found.type === 'text') {
    const { name, text } = found.text;
    const tokenizerJson = runs ?? given;
    const vocabulary =
      tokenizerJson === undefined ? 'training a vocabulary on it' : 'with a given vocabulary';
    observer.note(`text     ${name}, ${text.length.toLocaleString('en')} characters; ${vocabulary}`);
    return prepareCorpus(found.text, { ...settings, ...(tokenizerJson && { tokenizerJson }) });
  }
  // A vocabulary that the run trained itself names the same dataset as the size that was asked for.
  const wanted = settings.init === null ? given : runs;
  const dir = found.type === 'dataset' ? found.dir : await makeDataset(found, settings, wanted, options);
  const dataset = openDataset(dir);
  requireTokenizer(dataset, runs ?? given);
  await verify(dataset, observer);
  return corpusOf(dataset, settings.context, found.type === 'dataset' ? dir : found.name, observer);
}

async function makeDataset(
  { name, files }: FoundData & { type: 'files' },
  config: CorpusSettings,
  json: object | undefined,
  { observer, signal }: OpenCorpusOptions,
): Promise<string> {
  const cached = cachedDatasetOf(name, config, json);
  const dir = await folderToUse(cached, files, (text) => observer.note(text));
  const done = await tokenizeDataset({
    files,
    dir,
    settings: cached.settings,
    tokenizer: cached.tokenizer,
    threads: defaultThreads(),
    observer,
    signal,
    // One that was not finished, and whose documents have changed since, is of no use to anyone.
    replace: true,
  });
  if (done === undefined) throw signal.reason;
  observer.note(`dataset  ${dir}, ${done.reused ? 'as it was made before' : 'for this run and later ones'}`);
  return dir;
}

function requireTokenizer({ dir, manifest }: Dataset, tokenizerJson: object | undefined): void {
  if (tokenizerJson === undefined || tokenizerHash(tokenizerJson) === manifest.tokenizer.sha256) return;
  throw new Error(
    `openCorpus: ${dir} must be tokenized with the tokenizer.json of the run, but it was with another one; tokenize the documents again with nibble tokenize --tokenizer`,
  );
}

async function verify(dataset: Dataset, observer: TokenizeObserver): Promise<void> {
  const { manifest, dir } = dataset;
  const width = manifest.dtype === 'uint16' ? 2 : 4;
  const bytes = splitNames.reduce((sum, split) => sum + manifest.splits[split].tokens * width, 0);
  if (bytes <= verifiedBytes) return verifyShards(dataset);
  observer.note(
    `dataset  ${(bytes / 1e9).toFixed(1)} GB of tokens, whose checksums are not compared; nibble tokenize --check ${dir} does`,
  );
}

function corpusOf(dataset: Dataset, context: number, name: string, observer: TokenizeObserver): Corpus {
  const { manifest, train, validation, tokenizerJson, sha256 } = dataset;
  const { documents } = manifest.splits.train;
  observer.note(
    `data     ${name}: ${train.length.toLocaleString('en')} tokens of ${documents.toLocaleString('en')} documents, ${validation.length.toLocaleString('en')} for validation; a vocabulary of ${manifest.tokenizer.vocabSize.toLocaleString('en')}`,
  );
  requireTokens({ part: 'training', tokens: train.length, context, name });
  requireTokens({ part: 'validation', tokens: validation.length, context, name });
  const tokenizer = loadTokenizer(tokenizerJson);
  return { name, sha256, tokenizerJson, tokenizer, wholeText: false, train, validation };
}
