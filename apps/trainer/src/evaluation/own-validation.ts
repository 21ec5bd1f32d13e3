import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDataOfRun, openCorpus } from '../data/open-corpus.ts';
import type { TokenSource } from '../data/token-source.ts';
import { openRun } from '../run/run-folder.ts';
import { progressOf } from '../training/checkpoint-state.ts';
import { dataObserver } from '../training/data-observer.ts';
import { openCheckpointInUse } from '../training/open-checkpoint-in-use.ts';

/** Options of {@link ownValidation}. */
export interface OwnValidationOptions {
  /** Told, in words for people, what is read. */
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * The tokens that a run is validated on: the validation part of its own data.
 *
 * @throws Error when the run has no data, as an imported model, or they have changed since
 */
export async function ownValidation(
  runDir: string,
  { note, signal }: OwnValidationOptions,
): Promise<TokenSource> {
  const { config, importedFrom } = openRun(runDir).record;
  if (importedFrom !== undefined) {
    throw new Error(`--data must name a text, because ${runDir} was imported and has none of its own`);
  }
  const checkpoint = openCheckpointInUse(runDir);
  checkpoint.close();
  const { dataSha256, wholeText } = progressOf(checkpoint);
  const tokenizerJson = JSON.parse(readFileSync(join(runDir, 'tokenizer.json'), 'utf8')) as object;
  const progress = { dataSha256, wholeText };
  const found = await findDataOfRun(config, tokenizerJson, progress, { note, signal });
  const corpus = await openCorpus(found, config, {
    tokenizerJson,
    observer: dataObserver({ note }),
    signal,
  });
  if (corpus.sha256 !== dataSha256) {
    throw new Error(
      `ownValidation: ${corpus.name} must be what ${runDir} was trained on, with SHA-256 ${dataSha256}, but it has ${corpus.sha256}; put the old data back, or name a text with --data`,
    );
  }
  return corpus.validation;
}
