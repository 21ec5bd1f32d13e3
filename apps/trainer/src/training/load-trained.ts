import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tensor, tidy } from '@tensorflow/tfjs-core';
import { llamaFromValues } from '@nibble-ml/llama';
import type { Llama, LlamaConfig } from '@nibble-ml/llama';
import type { Linears } from '@nibble-ml/recipes';
import type { TrainConfig } from '../config/train-config.ts';
import { importedFiles } from '../hugging-face/imported-files.ts';
import { specialIdsOfRun } from '../hugging-face/special-ids.ts';
import { openRun } from '../run/run-folder.ts';
import type { OpenCheckpoint } from '../run/open-checkpoint.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import type { Tokenizer } from '../tokenizer/load-tokenizer.ts';
import { modelConfigOfRun } from './model-config-of-run.ts';
import { openCheckpointInUse } from './open-checkpoint-in-use.ts';
import { createRunLinears } from './run-linears.ts';
import { tokenizerForModel } from './tokenizer-for-model.ts';

/** A model of a run, with the weights of its newest checkpoint, or with `patience` of its best. */
export interface TrainedModel {
  readonly config: TrainConfig;
  readonly step: number;
  /** Its context is the run's, which may be less than what the model is meant for. */
  readonly model: Llama;
  readonly linears: Linears;
  readonly tokenizer: Tokenizer;
  /** Tokens that end a text: those of the model that was imported, else the tokenizer's. */
  readonly stopIds: readonly number[];
}

/**
 * Loads the newest checkpoint of a run, or with `patience` the best, on the current backend, to be run in the precision that
 * the run had at that step or in another recipe's. Beside the model, one weight at a time is held in memory.
 *
 * @param recipe - Precision to run it in, in place of its own
 * @param step - Step of another checkpoint
 * @throws Error when the folder is no run or the checkpoint is damaged; RangeError when it is of another model
 */
export function loadTrained(dir: string, recipe?: string, step?: number): TrainedModel {
  const { record } = openRun(dir);
  const { config } = record;
  const tokenizer = loadTokenizer(JSON.parse(readFileSync(join(dir, 'tokenizer.json'), 'utf8')));
  const modelConfig: LlamaConfig = {
    ...modelConfigOfRun(record, tokenizer.vocabSize),
    context: config.context,
  };
  const checkpoint = openCheckpointInUse(dir, step);
  try {
    const precision =
      recipe === undefined ? config : { ...config, recipe, gradients: null, lateRecipe: null };
    const linears = createRunLinears(precision, modelConfig);
    try {
      for (const [name, factors] of linears.parameters) {
        const values = readWeight(checkpoint, name, factors.shape);
        tidy(() => factors.assign(tensor(values, factors.shape, 'float32')));
      }
      const model = llamaFromValues(modelConfig, ({ name, shape }) => readWeight(checkpoint, name, shape));
      linears.weightsChanged(checkpoint.step);
      return {
        config,
        step: checkpoint.step,
        model,
        linears,
        tokenizer: tokenizerForModel(tokenizer, modelConfig.vocabSize),
        stopIds: specialIdsOfRun(importedFiles(dir), tokenizer).eos,
      };
    } catch (error) {
      linears.dispose();
      throw error;
    }
  } finally {
    checkpoint.close();
  }
}

function readWeight({ weights, path }: OpenCheckpoint, name: string, shape: readonly number[]): Float32Array {
  const entry = weights.tensors.get(name);
  if (entry?.dtype !== 'F32' || entry.shape.join() !== shape.join()) {
    throw new RangeError(
      `loadTrained: ${path} must have ${name} in F32 of shape [${shape.join(', ')}], but ${entry === undefined ? 'it is missing' : `it is ${entry.dtype} of [${entry.shape.join(', ')}]`}`,
    );
  }
  return weights.read(name) as Float32Array;
}
