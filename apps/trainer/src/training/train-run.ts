import { findData } from '../data/find-data.ts';
import { openCorpus } from '../data/open-corpus.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { openBackend } from '../backend/open-backend.ts';
import { diskStorage } from './disk-storage.ts';
import { lockRun } from '../run/lock-run.ts';
import { createRun, requireNewFolder } from '../run/run-folder.ts';
import { dataObserver } from './data-observer.ts';
import { beginAnew } from './begin-run.ts';
import { executeRun } from './execute-run.ts';
import type { TrainRunOptions } from './prepared-run.ts';
import { loadInit } from './init-run.ts';
import { nextTurn } from './next-turn.ts';
import { defaultRunFolder, withAbsolutePaths } from './prepare.ts';
import { modelConfigOf } from './model-config-of.ts';
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
  const backend = await openBackend(absolute.backend, (text) => observer.note(text));
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
  const unlock = lockRun(dir);
  try {
    const storage = diskStorage(dir);
    const prepared = { storage, config: absolute, backend, corpus, modelConfig, nextTurn, ...options };
    return await executeRun(prepared, (state) => beginAnew(prepared, state, initial));
  } finally {
    unlock();
  }
}
