import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../run/durable-file.ts';
import { loadTokenizer } from '../../tokenizer/load-tokenizer.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import type { SourceFile } from '../documents/source-file.ts';
import { planFile, progressFile, type DatasetPlan, type TokenizerRequest } from './dataset-plan.ts';
import { tokenizerFile, tokenizerHash, type DatasetSettings } from './manifest.ts';
import { surveySources } from './survey.ts';
import type { TokenizeObserver } from './tokenize-observer.ts';
import { trainVocabulary } from './train-vocabulary.ts';

/** A vocabulary, or the size of one to train. */
export type VocabularyChoice = { readonly json: object } | { readonly vocabSize: number };

/** Options of {@link makePlan}. */
export interface MakePlanOptions {
  readonly files: readonly SourceFile[];
  readonly dir: string;
  readonly settings: DatasetSettings;
  readonly tokenizer: VocabularyChoice;
  readonly observer: TokenizeObserver;
  readonly signal: AbortSignal;
}

/** What a plan says of the vocabulary that is asked for. */
export function requestOf(tokenizer: VocabularyChoice): TokenizerRequest {
  return 'json' in tokenizer ? { sha256: tokenizerHash(tokenizer.json) } : tokenizer;
}

/**
 * Reads all sources once, makes the vocabulary, and writes both down.
 *
 * @returns the plan, and the speed of training the vocabulary in MB/s if it was trained; undefined when stopped by the signal
 * @throws Error naming what cannot be read; RangeError for a vocabulary that cannot end documents.
 */
export async function makePlan({
  files,
  dir,
  settings,
  tokenizer,
  observer,
  signal,
}: MakePlanOptions): Promise<{ plan: DatasetPlan; vocabularySpeed: number | undefined } | undefined> {
  if ('json' in tokenizer) requireEndOfText(loadTokenizer(tokenizer.json));
  else requireRoom(tokenizer.vocabSize);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let read = 0;
  const onBytes = (bytes: number): void => {
    read += bytes;
    observer.progress('survey', read, total);
  };
  const survey = await surveySources(files, { settings, onBytes, signal }).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (survey === undefined) return undefined;
  let json: object;
  let vocabularySpeed: number | undefined;
  if ('json' in tokenizer) json = tokenizer.json;
  else {
    const { vocabSize } = tokenizer;
    const since = performance.now();
    // Before it is handed over.
    const sampled = survey.sample.reduce((sum, { length }) => sum + length, 0);
    const trained = await trainVocabulary(
      { sample: survey.sample, vocabSize },
      (size) => observer.progress('vocabulary', size, vocabSize),
      signal,
    );
    if (trained === undefined) return undefined;
    json = trained;
    vocabularySpeed = sampled / 1e3 / (performance.now() - since);
    observer.note(
      `trained a vocabulary of ${loadTokenizer(json).vocabSize.toLocaleString('en')} tokens on a sample of ${(sampled / 1e6).toFixed(1)} MB`,
    );
  }
  const { sources, rule } = survey;
  const plan: DatasetPlan = {
    format: 'nibble-dataset-plan',
    version: 1,
    settings,
    tokenizer: requestOf(tokenizer),
    sources: [...sources],
    rule,
  };
  rmSync(join(dir, progressFile), { force: true });
  replaceFile(join(dir, tokenizerFile), JSON.stringify(json));
  // The plan comes last: with it, a later call knows that everything before tokenizing is done.
  replaceFile(join(dir, planFile), `${JSON.stringify(plan, null, 2)}\n`);
  return { plan, vocabularySpeed };
}

function requireRoom(vocabSize: number): void {
  if (vocabSize > 256) return;
  throw new RangeError(
    'tokenizeDataset: vocabSize must be at least 257, as every document ends with <|endoftext|> beside the 256 bytes, but got 256',
  );
}

function requireEndOfText(tokenizer: Tokenizer): void {
  if (tokenizer.endOfTextId !== undefined) return;
  throw new RangeError(
    'tokenizeDataset: the tokenizer must have a token that ends a document, such as <|endoftext|> or </s>, but it has none among its added tokens',
  );
}
