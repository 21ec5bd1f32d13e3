import { findData } from '../data/find-data.ts';
import { openCorpus } from '../data/open-corpus.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { lockFolder } from '../run/lock-folder.ts';
import { createRun, requireNewFolder } from '../run/run-folder.ts';
import { dataObserver } from './data-observer.ts';
import { beginAnew, executeRun, LOCKED, openBackend } from './execute-run.ts';
import type { TrainRunOptions } from './execute-run.ts';
import { loadInit } from './init-run.ts';
import { defaultRunFolder, modelConfigOf, withAbsolutePaths } from './prepare.ts';
import { recipePhases } from './recipe-phases.ts';
import type { TrainDone } from './train-observer.ts';
import { unlessAborted } from './unless-aborted.ts';
import { versions } from './versions.ts';

/**
 * Trains a new model: prepares the text, makes the run folder, trains, evaluates, samples and writes the report.
 * Nothing is written before the text, the folder and the backend are known to be good.
 *
 * @returns undefined when it was stopped by the signal
 */
export async function trainRun(
  config: TrainConfig,
  options: TrainRunOptions,
): Promise<TrainDone | undefined> {
  const { observer } = options;
  const absolute = withAbsolutePaths(config);
  // Recipes that no kernel can do, or that do not go together, are refused before anything is written.
  recipePhases(absolute);
  const initial = absolute.init === null ? undefined : loadInit(absolute.init, absolute.context);
  const dir = config.out ?? defaultRunFolder(config, new Date());
  requireNewFolder(dir);
  const { signal } = options;
  const stopped = (): undefined => observer.interrupted(dir, 0) as undefined;
  const found = await unlessAborted(
    signal,
    findData(absolute.data, { note: (text) => observer.note(text), signal }),
  );
  if (found === undefined) return stopped();
  const backend = await openBackend(absolute.backend, observer);
  const corpus = await unlessAborted(
    signal,
    openCorpus(found, absolute, {
      tokenizerJson: initial?.tokenizerJson,
      observer: dataObserver(observer),
      signal,
    }),
  );
  if (corpus === undefined) return stopped();
  const modelConfig = initial?.modelConfig ?? modelConfigOf(absolute, corpus.tokenizer.vocabSize);
  createRun(
    dir,
    {
      config: absolute,
      versions: versions(),
      backend: backend.name,
      adapter: { description: backend.adapter },
      modelConfig,
    },
    { ...initial?.files, 'tokenizer.json': JSON.stringify(corpus.tokenizerJson) },
  );
  const unlock = lockFolder(dir, LOCKED);
  try {
    return await executeRun({ dir, config: absolute, backend, corpus, modelConfig, ...options }, (state) =>
      beginAnew({ dir, corpus }, state, initial),
    );
  } finally {
    unlock();
  }
}
