import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkBuffers, countParameters, deviceBufferLimit } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import { chooseBackend } from '../backend/choose-backend.ts';
import type { ChosenBackend } from '../backend/choose-backend.ts';
import { selfTest } from '../backend/self-test.ts';
import { withBackendErrors } from '../backend/with-backend-errors.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { prepareCorpus } from '../data/prepare-corpus.ts';
import type { Corpus } from '../data/prepare-corpus.ts';
import { replaceFile } from '../run/durable-file.ts';
import { rewindRun } from '../run/rewind-run.ts';
import { createRun, openRun, requireNewFolder } from '../run/run-folder.ts';
import type { TokenizerJson } from '../tokenizer/tokenizer-json.ts';
import { loadCheckpoint, restoreState } from './checkpoint-state.ts';
import { EarlyStop } from './early-stop.ts';
import { finishRun } from './finish-run.ts';
import { initWeights, loadInit } from './init-run.ts';
import { modelConfigOfRun } from './model-config-of-run.ts';
import { defaultRunFolder, modelConfigOf, recipeOf, textOf, withAbsolutePaths } from './prepare.ts';
import type { TrainDone, TrainObserver } from './train-observer.ts';
import { recipePhases } from './recipe-phases.ts';
import { trainSteps } from './train-steps.ts';
import { createTrainingState } from './training-state.ts';
import type { TrainingState } from './training-state.ts';
import { versions } from './versions.ts';

/** Options of {@link trainRun}. */
export interface TrainRunOptions {
  readonly observer: TrainObserver;
  /** Aborting it stops training after the step that is under way, with a checkpoint. */
  readonly signal: AbortSignal;
}

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
  const text = textOf(absolute);
  const backend = await openBackend(absolute.backend, observer);
  observer.note(
    `text     ${text.name}, ${text.text.length.toLocaleString('en')} characters; ${initial === undefined ? 'training a vocabulary on it' : `with the vocabulary of ${config.init}`}`,
  );
  const corpus = prepareCorpus(text, {
    ...absolute,
    ...(initial && { tokenizerJson: initial.tokenizerJson }),
  });
  const modelConfig = initial?.modelConfig ?? modelConfigOf(absolute, corpus.tokenizer.vocabSize);
  createRun(dir, {
    config: absolute,
    versions: versions(),
    backend: backend.name,
    adapter: { description: backend.adapter },
    modelConfig,
  });
  replaceFile(join(dir, 'tokenizer.json'), JSON.stringify(corpus.tokenizerJson));
  return execute({ dir, config: absolute, backend, corpus, modelConfig, ...options }, (state) => {
    if (initial !== undefined) initWeights(state, initial.checkpoint);
    return NEW;
  });
}

/**
 * Goes on with a run from its newest checkpoint, to the bits of the uninterrupted run.
 *
 * @throws Error when the folder is no run, the checkpoint is damaged, or the text has changed
 * @returns undefined when it was stopped by the signal
 */
export async function resumeRun(dir: string, options: TrainRunOptions): Promise<TrainDone | undefined> {
  const { record } = openRun(dir);
  const { config } = record;
  // Read before anything is opened or removed: a damaged checkpoint must leave everything as it is.
  loadCheckpoint(dir);
  const text = textOf(config);
  const backend = await openBackend(record.backend as TrainConfig['backend'], options.observer);
  const tokenizerJson = JSON.parse(readFileSync(join(dir, 'tokenizer.json'), 'utf8')) as TokenizerJson;
  const corpus = prepareCorpus(text, { ...config, tokenizerJson });
  const modelConfig = modelConfigOfRun(record, corpus.tokenizer.vocabSize);
  return execute({ dir, config, backend, corpus, modelConfig, ...options }, (state, earlyStop) => {
    const loaded = loadCheckpoint(dir);
    const { progress } = loaded;
    if (progress.textSha256 !== corpus.sha256) {
      throw new Error(
        `resumeRun: ${dir} was trained on a text with SHA-256 ${progress.textSha256}, but ${corpus.name} now has ${corpus.sha256}; put the old text back`,
      );
    }
    restoreState(state, loaded);
    if (progress.earlyStop !== undefined) earlyStop.restore(progress.earlyStop);
    const { step } = loaded.checkpoint;
    rewindRun(dir, step);
    return { resumedAt: step, secondsBefore: progress.seconds };
  });
}

async function openBackend(request: TrainConfig['backend'], observer: TrainObserver): Promise<ChosenBackend> {
  const backend = await chooseBackend(request, { note: (text) => observer.note(text) });
  const { values, milliseconds } = await selfTest();
  backend.checkErrors();
  observer.note(
    `self-test passed on ${backend.name}: ${values} FP4 values equal to the bit in ${Math.round(milliseconds)} ms`,
  );
  return backend;
}

/** What a run goes on from. */
interface Progress {
  /** Steps done before. */
  readonly resumedAt: number;
  /** Seconds that they took. */
  readonly secondsBefore: number;
}

const NEW: Progress = { resumedAt: 0, secondsBefore: 0 };

interface PreparedRun extends TrainRunOptions {
  readonly dir: string;
  readonly config: TrainConfig;
  readonly backend: ChosenBackend;
  readonly corpus: Corpus;
  readonly modelConfig: LlamaConfig;
}

/** @param begin - puts into a fresh state what the run begins with */
async function execute(
  { dir, config, backend, corpus, modelConfig, observer, signal }: PreparedRun,
  begin: (state: TrainingState, earlyStop: EarlyStop) => Progress,
): Promise<TrainDone | undefined> {
  checkBuffers(modelConfig, { batch: config.batchSize, context: config.context }, deviceBufferLimit());
  const state = createTrainingState(config, modelConfig, recipeOf(config), corpus.train);
  try {
    const earlyStop = new EarlyStop(config.patience);
    const progress = begin(state, earlyStop);
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
    const run = { dir, config, backend, corpus, state, observer, earlyStop, ...progress, startedAt };
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
