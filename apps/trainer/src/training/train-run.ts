import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkBuffers, countParameters, deviceBufferLimit } from '@nibble-ml/llama';
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
import { finishRun } from './finish-run.ts';
import { modelConfigOfRun } from './model-config-of-run.ts';
import { defaultRunFolder, modelConfigOf, recipeOf, textOf, withAbsolutePaths } from './prepare.ts';
import type { TrainDone, TrainObserver } from './train-observer.ts';
import { trainSteps } from './train-steps.ts';
import { createTrainingState } from './training-state.ts';
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
  // A recipe that no kernel can do is refused before anything is written.
  recipeOf(absolute);
  const dir = config.out ?? defaultRunFolder(config, new Date());
  requireNewFolder(dir);
  const text = textOf(absolute);
  const backend = await openBackend(absolute.backend, observer);
  observer.note(
    `text     ${text.name}, ${text.text.length.toLocaleString('en')} characters; training a vocabulary on it`,
  );
  const corpus = prepareCorpus(text, absolute);
  createRun(dir, {
    config: absolute,
    versions: versions(),
    backend: backend.name,
    adapter: { description: backend.adapter },
    modelConfig: modelConfigOf(absolute, corpus.tokenizer.vocabSize),
  });
  replaceFile(join(dir, 'tokenizer.json'), JSON.stringify(corpus.tokenizerJson));
  return execute(dir, absolute, backend, corpus, options, false);
}

/**
 * Goes on with a run from its newest checkpoint, to the bits of the uninterrupted run.
 *
 * @throws Error when the folder is no run, the checkpoint is damaged, or the text has changed
 * @returns undefined when it was stopped by the signal
 */
export async function resumeRun(dir: string, options: TrainRunOptions): Promise<TrainDone | undefined> {
  const { record } = openRun(dir);
  // Read before anything is opened or removed: a damaged checkpoint must leave everything as it is.
  loadCheckpoint(dir);
  const text = textOf(record.config);
  const backend = await openBackend(record.backend as TrainConfig['backend'], options.observer);
  const tokenizerJson = JSON.parse(readFileSync(join(dir, 'tokenizer.json'), 'utf8')) as TokenizerJson;
  const corpus = prepareCorpus(text, { ...record.config, tokenizerJson });
  return execute(dir, record.config, backend, corpus, options, true);
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

async function execute(
  dir: string,
  config: TrainConfig,
  backend: ChosenBackend,
  corpus: Corpus,
  { observer, signal }: TrainRunOptions,
  resume: boolean,
): Promise<TrainDone | undefined> {
  const modelConfig = modelConfigOfRun(openRun(dir).record, corpus.tokenizer.vocabSize);
  checkBuffers(modelConfig, { batch: config.batchSize, context: config.context }, deviceBufferLimit());
  const state = createTrainingState(config, modelConfig, recipeOf(config), corpus.train);
  try {
    let resumedAt = 0;
    let secondsBefore = 0;
    if (resume) {
      const loaded = loadCheckpoint(dir);
      if (loaded.progress.textSha256 !== corpus.sha256) {
        throw new Error(
          `resumeRun: ${dir} was trained on a text with SHA-256 ${loaded.progress.textSha256}, but ${corpus.name} now has ${corpus.sha256}; put the old text back`,
        );
      }
      restoreState(state, loaded);
      resumedAt = loaded.checkpoint.step;
      secondsBefore = loaded.progress.seconds;
      rewindRun(dir, resumedAt);
    }
    const { total, nonEmbedding } = countParameters(modelConfig);
    observer.start({
      run: dir,
      config,
      backend,
      parameters: total,
      nonEmbeddingParameters: nonEmbedding,
      resumedAt,
    });
    const run = {
      dir,
      config,
      backend,
      corpus,
      state,
      observer,
      resumedAt,
      secondsBefore,
      startedAt: performance.now(),
    };
    const last = await trainSteps(run, signal);
    if (last < config.steps) {
      observer.interrupted(dir, last);
      return undefined;
    }
    return await withBackendErrors(backend, () => finishRun(run));
  } finally {
    state.dispose();
  }
}
