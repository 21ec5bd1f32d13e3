import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../run/durable-file.ts';
import { lockFolder } from '../../run/lock-folder.ts';
import { makeFolder } from '../../run/make-folder.ts';
import { loadTokenizer } from '../../tokenizer/load-tokenizer.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import type { SourceFile } from '../documents/source-file.ts';
import { differenceFrom, folderState, planFile, progressFile } from './dataset-plan.ts';
import type { DatasetPlan } from './dataset-plan.ts';
import { makePlan, requestOf, type VocabularyChoice } from './make-plan.ts';
import { manifestFile, splitNames, tokenizerFile, tokenizerHash } from './manifest.ts';
import type { DatasetSettings, Manifest, SplitName, SplitRecord } from './manifest.ts';
import { openDataset, readTokenizer } from './open-dataset.ts';
import type { AppendBytes } from './shard-writer.ts';
import { dtypeFor } from './token-dtype.ts';
import type { TokenizeDone, TokenizeObserver } from './tokenize-observer.ts';
import { createTokenizerPool } from './tokenizer-pool.ts';
import { tokenizeSources, type WrittenSplits } from './tokenize-sources.ts';

/** Options of {@link tokenizeDataset}. */
export interface TokenizeDatasetOptions {
  /** The sources, in the order in which they are read. */
  readonly files: readonly SourceFile[];
  /** The dataset's folder: new, empty, or one that an earlier call did not finish. */
  readonly dir: string;
  readonly settings: DatasetSettings;
  readonly tokenizer: VocabularyChoice;
  /** Threads that tokenize; they do not change the result. */
  readonly threads: number;
  readonly observer: TokenizeObserver;
  /** Aborting it stops; the same call goes on. */
  readonly signal: AbortSignal;
  /** Makes a dataset again whose sources or settings have changed, instead of refusing. */
  readonly replace?: boolean | undefined;
  readonly append?: AppendBytes | undefined;
  readonly recordEvery?: number | undefined;
}

/**
 * Makes a dataset: reads all sources once, trains a vocabulary on a sample of the training part unless one is given,
 * and writes the ids of both parts into shards. What is made depends on the sources, the settings and the vocabulary
 * alone. A folder in which this was interrupted, at any instant, is finished without doing again what is done; one
 * that is complete and of the same sources is left as it is.
 *
 * @returns undefined when it was stopped by the signal
 * @throws Error when the folder holds something else, a source cannot be read, or the disk is full; RangeError for
 *   a vocabulary that cannot end documents.
 */
export async function tokenizeDataset(options: TokenizeDatasetOptions): Promise<TokenizeDone | undefined> {
  const { dir, observer } = options;
  const startedAt = performance.now();
  const secondsSince = (): number => (performance.now() - startedAt) / 1000;
  const made = makeFolder(dir);
  const unlock = lockFolder(dir, 'wait for it, or choose another folder');
  try {
    const begun = await earlierPlan(options);
    if (begun === 'complete') {
      const { manifest, sha256 } = openDataset(dir);
      return {
        dir,
        sha256,
        manifest,
        reused: true,
        seconds: secondsSince(),
        megabytesPerSecond: undefined,
        vocabularyMegabytesPerSecond: undefined,
      };
    }
    const planned = begun === 'new' ? await makePlan(options) : { plan: begun };
    if (planned === undefined) return undefined;
    const { plan } = planned;
    const tokenizerJson = readTokenizer(join(dir, tokenizerFile));
    const tokenizer = loadTokenizer(tokenizerJson);
    const total = plan.sources.reduce((sum, { bytes }) => sum + bytes, 0);
    const pool = createTokenizerPool(tokenizerJson, options.threads);
    const tokenizingSince = performance.now();
    let freshBytes = 0;
    try {
      const splits = await tokenizeSources({
        ...options,
        plan: plan,
        dtype: dtypeFor(tokenizer.vocabSize),
        pool,
        onProgress: (bytes, fresh) => {
          freshBytes = fresh;
          observer.progress('tokenize', bytes, total, fresh);
        },
      });
      if (splits === undefined) return undefined;
      writeManifest(dir, plan, tokenizer, tokenizerJson, splits);
    } catch (error) {
      throw withAdvice(error, dir);
    } finally {
      await pool.close();
    }
    const seconds = (performance.now() - tokenizingSince) / 1000;
    const { manifest, sha256 } = openDataset(dir);
    return {
      dir,
      sha256,
      manifest,
      reused: false,
      seconds: secondsSince(),
      megabytesPerSecond: freshBytes > 0 ? freshBytes / 1e6 / seconds : undefined,
      vocabularyMegabytesPerSecond: 'vocabularySpeed' in planned ? planned.vocabularySpeed : undefined,
    };
  } finally {
    unlock();
    removeEmpty(made);
  }
}

/** A source that cannot be read leaves no folder behind. */
function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders) {
    if (readdirSync(folder).length > 0) return;
    rmdirSync(folder);
  }
}

/** What an earlier call left in the folder, checked against what is asked for now. */
async function earlierPlan({
  dir,
  settings,
  tokenizer,
  files,
  observer,
  replace,
}: TokenizeDatasetOptions): Promise<DatasetPlan | 'new' | 'complete'> {
  const state = folderState(dir);
  if (state.type === 'new') return 'new';
  if (state.type === 'foreign') {
    throw new Error(
      `tokenizeDataset: ${dir} must be a new or empty folder, or one that nibble tokenize made, but it holds other files; choose another folder`,
    );
  }
  const difference = await differenceFrom(state.plan, settings, requestOf(tokenizer), files);
  if (difference === undefined) {
    if (state.type === 'begun') observer.note(`going on with ${dir}, which was interrupted`);
    return state.type === 'begun' ? state.plan : 'complete';
  }
  if (replace !== true) {
    throw new Error(
      `tokenizeDataset: ${dir} must be a dataset of the same sources and settings, but ${difference}; choose another folder, or remove this one`,
    );
  }
  observer.note(`making ${dir} again: ${difference}`);
  removeOurs(dir, state.plan);
  return 'new';
}

/** Removes a dataset and nothing else that may lie in its folder; what makes it a dataset goes first. */
function removeOurs(dir: string, plan: DatasetPlan): void {
  for (const name of [manifestFile, progressFile, planFile, tokenizerFile])
    rmSync(join(dir, name), { force: true });
  const shardsAtMost =
    1 + Math.ceil(plan.sources.reduce((sum, { bytes }) => sum + bytes, 0) / plan.settings.shardTokens);
  for (const split of splitNames) {
    for (let i = 0; i <= shardsAtMost; i++)
      rmSync(join(dir, `${split}-${String(i).padStart(5, '0')}.bin`), { force: true });
  }
}

function writeManifest(
  dir: string,
  { settings, sources }: DatasetPlan,
  { vocabSize, endOfTextId }: Tokenizer,
  tokenizerJson: object,
  splits: WrittenSplits,
): void {
  const manifest: Manifest = {
    format: 'nibble-dataset',
    version: 1,
    settings,
    sources: sources.map(({ name, format, bytes, sha256, documents }) => ({
      name,
      format,
      bytes,
      sha256,
      documents,
    })),
    tokenizer: { sha256: tokenizerHash(tokenizerJson), vocabSize, endOfTextId: endOfTextId! },
    dtype: dtypeFor(vocabSize),
    splits: { train: recordOf(splits.train), validation: recordOf(splits.validation) },
  };
  replaceFile(join(dir, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
  rmSync(join(dir, progressFile), { force: true });
}

function recordOf({ documents, bytes, shards }: WrittenSplits[SplitName]): SplitRecord {
  return { documents, tokens: shards.reduce((sum, { tokens }) => sum + tokens, 0), bytes, shards };
}

function withAdvice(error: unknown, dir: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return error;
  return new Error(
    `tokenizeDataset: ${dir} must be a folder that can be written, but the system says ${message}; make room, then give the same command again: it goes on where it stopped`,
    { cause: error },
  );
}
