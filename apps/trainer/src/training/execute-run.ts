import { checkBuffers, countParameters, deviceBufferLimit } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import type { ChosenBackend } from '../backend/choose-backend.ts';
import { withBackendErrors } from '../backend/with-backend-errors.ts';
import type { TrainConfig } from '../config/train-config.ts';
import type { Corpus } from '../data/prepare-corpus.ts';
import type { RunStorage } from '../run/run-storage.ts';
import type { Progress } from './begin-run.ts';
import { EarlyStop } from './early-stop.ts';
import { finishRun } from './finish-run.ts';
import { recipeOf } from './recipe-of.ts';
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

/** A run whose text, place and backend are known to be good. */
export interface PreparedRun extends TrainRunOptions {
  readonly storage: RunStorage;
  readonly config: TrainConfig;
  readonly backend: ChosenBackend;
  readonly corpus: Corpus;
  readonly modelConfig: LlamaConfig;
  /**
   * Waits between two steps, so that others get their turn: signals and timers, as on wasm nothing else ever waits, and other
   * runs on the same device. Before others have the device it calls `settle`, which reads the step under way.
   */
  readonly nextTurn: (settle: () => Promise<void>) => Promise<void>;
}

/**
 * Trains a prepared run to its end, and evaluates, samples and reports.
 *
 * @param begin - puts into a fresh state what the run begins with
 * @returns undefined when it was stopped by the signal
 */
export async function executeRun(
  { storage, config, backend, corpus, modelConfig, observer, signal, nextTurn }: PreparedRun,
  begin: (state: TrainingState, earlyStop: EarlyStop) => Promise<Progress>,
): Promise<TrainDone | undefined> {
  checkBuffers(modelConfig, { batch: config.batchSize, context: config.context }, deviceBufferLimit());
  const state = createTrainingState(config, modelConfig, recipeOf(config), corpus.train);
  try {
    const earlyStop = new EarlyStop(config.patience);
    const progress = await begin(state, earlyStop);
    const { total, nonEmbedding } = countParameters(modelConfig);
    observer.start({
      run: storage.name,
      config,
      backend,
      parameters: total,
      nonEmbeddingParameters: nonEmbedding,
      resumedAt: progress.resumedAt,
    });
    const startedAt = performance.now();
    const tokenizer = tokenizerForModel(corpus.tokenizer, modelConfig.vocabSize);
    const run = {
      storage,
      nextTurn,
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
      observer.interrupted(storage.name, last);
      return undefined;
    }
    return await withBackendErrors(backend, () => finishRun(run, last));
  } finally {
    state.dispose();
  }
}
