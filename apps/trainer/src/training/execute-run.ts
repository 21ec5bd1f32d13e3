import { checkBuffers, countParameters, deviceBufferLimit } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import { chooseBackend } from '../backend/choose-backend.ts';
import type { ChosenBackend } from '../backend/choose-backend.ts';
import { selfTest } from '../backend/self-test.ts';
import { withBackendErrors } from '../backend/with-backend-errors.ts';
import type { TrainConfig } from '../config/train-config.ts';
import type { Corpus } from '../data/prepare-corpus.ts';
import { saveCheckpoint } from './checkpoint-state.ts';
import { EarlyStop } from './early-stop.ts';
import { finishRun } from './finish-run.ts';
import { initWeights } from './init-run.ts';
import type { InitialModel } from './init-run.ts';
import { recipeOf } from './prepare.ts';
import { tokenizerForModel } from './tokenizer-for-model.ts';
import type { TrainDone, TrainObserver } from './train-observer.ts';
import { trainSteps } from './train-steps.ts';
import { createTrainingState } from './training-state.ts';
import type { TrainingState } from './training-state.ts';

/** Options of `trainRun`. */
export interface TrainRunOptions {
  readonly observer: TrainObserver;
  /** Aborting it stops training after the step that is under way, with a checkpoint. */
  readonly signal: AbortSignal;
}

/** What to do when another process has the folder of a run. */
export const LOCKED: string =
  'wait for it or stop it; if it is no nibble train of this run, delete the file lock in that folder';

/** Opens the backend that a config asks for, and compares FP4 products on it with the definition, bit for bit. */
export async function openBackend(
  request: TrainConfig['backend'],
  observer: TrainObserver,
): Promise<ChosenBackend> {
  const backend = await chooseBackend(request, { note: (text) => observer.note(text) });
  const { values, milliseconds } = await selfTest();
  backend.checkErrors();
  observer.note(
    `self-test passed on ${backend.name}: ${values} FP4 values equal to the bit in ${Math.round(milliseconds)} ms`,
  );
  return backend;
}

/** What a run goes on from. */
export interface Progress {
  /** Steps done before. */
  readonly resumedAt: number;
  /** Seconds that they took. */
  readonly secondsBefore: number;
}

const NEW: Progress = { resumedAt: 0, secondsBefore: 0 };

/** A run whose text, folder and backend are known to be good. */
export interface PreparedRun extends TrainRunOptions {
  readonly dir: string;
  readonly config: TrainConfig;
  readonly backend: ChosenBackend;
  readonly corpus: Corpus;
  readonly modelConfig: LlamaConfig;
}

/**
 * Trains a prepared run to its end, and evaluates, samples and reports.
 *
 * @param begin - puts into a fresh state what the run begins with
 * @returns undefined when it was stopped by the signal
 */
export async function executeRun(
  { dir, config, backend, corpus, modelConfig, observer, signal }: PreparedRun,
  begin: (state: TrainingState, earlyStop: EarlyStop) => Promise<Progress>,
): Promise<TrainDone | undefined> {
  checkBuffers(modelConfig, { batch: config.batchSize, context: config.context }, deviceBufferLimit());
  const state = createTrainingState(config, modelConfig, recipeOf(config), corpus.train);
  try {
    const earlyStop = new EarlyStop(config.patience);
    const progress = await begin(state, earlyStop);
    const { total, nonEmbedding } = countParameters(modelConfig);
    observer.start({
      run: dir,
      config,
      backend,
      parameters: total,
      nonEmbeddingParameters: nonEmbedding,
      resumedAt: progress.resumedAt,
    });
    const startedAt = performance.now();
    const tokenizer = tokenizerForModel(corpus.tokenizer, modelConfig.vocabSize);
    const run = {
      dir,
      config,
      backend,
      corpus: { ...corpus, tokenizer },
      state,
      observer,
      earlyStop,
      ...progress,
      startedAt,
    };
    const last = await trainSteps(run, signal);
    if (last < config.steps && !earlyStop.isOver) {
      observer.interrupted(dir, last);
      return undefined;
    }
    return await withBackendErrors(backend, () => finishRun(run, last));
  } finally {
    state.dispose();
  }
}

/** The start of a run, which is decided by its config, and by the run that `init` names: that one's weights are kept. */
export async function beginAnew(
  { dir, corpus }: Pick<PreparedRun, 'dir' | 'corpus'>,
  state: TrainingState,
  initial: InitialModel | undefined,
): Promise<Progress> {
  if (initial === undefined) return NEW;
  initWeights(state, initial.checkpoint);
  // The other run may go on, or be gone, by the time that this one is resumed.
  await saveCheckpoint(dir, 0, state, {
    dataSha256: corpus.sha256,
    wholeText: corpus.wholeText,
    seconds: 0,
  });
  return NEW;
}
