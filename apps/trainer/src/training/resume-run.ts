import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainConfig } from '../config/train-config.ts';
import { findDataOfRun, openCorpus } from '../data/open-corpus.ts';
import { checkpointSteps } from '../run/checkpoint-folders.ts';
import { openBackend } from '../backend/open-backend.ts';
import { diskStorage } from './disk-storage.ts';
import { lockRun } from '../run/lock-run.ts';
import { rewindRun } from '../run/rewind-run.ts';
import { openRun } from '../run/run-folder.ts';
import { finishReplacing } from '../run/write-checkpoint.ts';
import { loadCheckpoint } from './load-checkpoint.ts';
import type { RunCheckpoint } from './checkpoint-state.ts';
import { dataObserver } from './data-observer.ts';
import { beginAnew, continueFrom } from './begin-run.ts';
import { executeRun } from './execute-run.ts';
import type { TrainRunOptions } from './prepared-run.ts';
import { loadInit } from './init-run.ts';
import { nextTurn } from './next-turn.ts';
import { modelConfigOfRun } from './model-config-of-run.ts';
import type { TrainDone } from './train-observer.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Options of {@link resumeRun}. */
export interface ResumeRunOptions extends TrainRunOptions {
  /** Checkpoint to go back to, 0 being the start; later ones are set aside. Default: the newest. */
  readonly fromStep?: number | undefined;
}

/**
 * Goes on with a run from a checkpoint, to the bits of the uninterrupted run. One that was killed before its first
 * checkpoint begins again.
 *
 * @throws Error when the folder is no run or another process trains in it, the checkpoint is damaged, or the text has
 *   changed; everything is left as it is then
 * @returns undefined when it was stopped by the signal
 */
export async function resumeRun(
  dir: string,
  { fromStep, ...options }: ResumeRunOptions,
): Promise<TrainDone | undefined> {
  const { record } = openRun(dir);
  const { config } = record;
  if (record.importedFrom !== undefined) {
    throw new Error(
      `resumeRun: ${dir} must be a run that was trained, but was imported from ${record.importedFrom}; nibble train --init ${dir} starts one from it`,
    );
  }
  const unlock = lockRun(dir);
  try {
    finishReplacing(dir);
    // Read before anything is opened or moved: a damaged checkpoint must leave everything as it is.
    const loaded = checkpointToResume(dir, fromStep);
    const initial =
      loaded !== undefined || config.init === null ? undefined : loadInit(config.init, config.context);
    const { observer, signal } = options;
    const stopped = (): undefined => observer.interrupted(dir, loaded?.checkpoint.step ?? 0) as undefined;
    const note = (text: string): void => observer.note(text);
    const tokenizerJson = JSON.parse(readFileSync(join(dir, 'tokenizer.json'), 'utf8')) as object;
    const found = await unlessAborted(
      signal,
      findDataOfRun(config, tokenizerJson, loaded?.progress, { note, signal }),
    );
    if (found === undefined) return stopped();
    const backend = await openBackend(record.backend as TrainConfig['backend'], note);
    const corpus = await unlessAborted(
      signal,
      openCorpus(found, config, { tokenizerJson, observer: dataObserver(observer), signal }),
    );
    if (corpus === undefined) return stopped();
    const modelConfig = modelConfigOfRun(record, corpus.tokenizer.vocabSize);
    const storage = diskStorage(dir);
    const prepared = { storage, config, backend, corpus, modelConfig, nextTurn, ...options };
    return await executeRun(prepared, async (state, earlyStop) => {
      const progress =
        loaded === undefined
          ? await beginAnew(prepared, state, initial)
          : continueFrom(prepared, loaded, state, earlyStop);
      const aside = rewindRun(dir, progress.resumedAt);
      if (aside !== undefined) {
        note(`what the run had after step ${progress.resumedAt} is now in ${aside}`);
      }
      return progress;
    });
  } finally {
    unlock();
  }
}

/** The checkpoint to go on from; undefined where there is none, and the run begins again. */
function checkpointToResume(dir: string, fromStep: number | undefined): RunCheckpoint | undefined {
  const steps = checkpointSteps(dir);
  const isAtStart = fromStep === 0 || (fromStep === undefined && steps.length === 0);
  if (isAtStart && !steps.includes(0)) return undefined;
  const loaded = loadCheckpoint(dir, fromStep);
  const best = loaded.progress.earlyStop?.bestStep ?? 0;
  if (best > 0 && !steps.includes(best)) {
    throw new Error(
      `resumeRun: step ${loaded.checkpoint.step} of ${dir} must still have its best checkpoint, of step ${best}, but a better one took its place since; choose another step of ${steps.join(', ')}, or 0`,
    );
  }
  return loaded;
}
