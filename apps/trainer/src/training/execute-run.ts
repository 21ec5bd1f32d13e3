import { checkBuffers, countParameters, deviceBufferLimit } from '@nibble-ml/llama';
import { withBackendErrors } from '../backend/with-backend-errors.ts';
import { EarlyStop } from './early-stop.ts';
import { finishRun } from './finish-run.ts';
import type { PreparedRun, Progress } from './prepared-run.ts';
import { recipeOf } from './recipe-of.ts';
import { tokenizerForModel } from './tokenizer-for-model.ts';
import type { TrainDone } from './train-observer.ts';
import { trainSteps } from './train-steps.ts';
import { createTrainingState } from './training-state.ts';
import type { TrainingState } from './training-state.ts';

/**
 * Trains a prepared run to its end, and evaluates, samples and reports.
 *
 * @param begin - puts into a fresh state what the run begins with
 * @returns undefined when it was stopped by the signal
 */
export async function executeRun(
  {
    storage,
    config,
    backend,
    corpus,
    modelConfig,
    observer,
    signal,
    nextTurn,
    clock = () => performance.now(),
  }: PreparedRun,
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
    const startedAt = clock();
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
      clock,
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
