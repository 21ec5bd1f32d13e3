import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLlama } from '@nibble-ml/llama';
import type { Llama } from '@nibble-ml/llama';
import type { Linears } from '@nibble-ml/recipes';
import type { TrainConfig } from '../config/train-config.ts';
import { openRun } from '../run/run-folder.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import type { Tokenizer } from '../tokenizer/load-tokenizer.ts';
import type { TokenizerJson } from '../tokenizer/tokenizer-json.ts';
import { checkpointInUse, restoreWeights } from './checkpoint-state.ts';
import { modelConfigOfRun } from './model-config-of-run.ts';
import { createRunLinears } from './run-linears.ts';

/** A model of a run, with the weights of its newest checkpoint, or with `patience` of its best. */
export interface TrainedModel {
  readonly config: TrainConfig;
  readonly step: number;
  readonly model: Llama;
  readonly linears: Linears;
  readonly tokenizer: Tokenizer;
}

/**
 * Loads the newest checkpoint of a run, or with `patience` the best, on the current backend, to be run in the precision that
 * the run had at that step or in another recipe's.
 *
 * @throws Error when the folder is no run or the checkpoint is damaged
 */
export function loadTrained(dir: string, recipe?: string): TrainedModel {
  const { record } = openRun(dir);
  const { config } = record;
  const { checkpoint } = checkpointInUse(dir);
  const tokenizer = loadTokenizer(
    JSON.parse(readFileSync(join(dir, 'tokenizer.json'), 'utf8')) as TokenizerJson,
  );
  const modelConfig = modelConfigOfRun(record, tokenizer.vocabSize);
  const own = recipe === undefined ? config : { ...config, recipe, gradients: null, lateRecipe: null };
  const linears = createRunLinears(own, modelConfig);
  const model = createLlama(modelConfig, { seed: config.seed });
  restoreWeights(new Map([...model.parameters, ...linears.parameters]), checkpoint);
  linears.weightsChanged(checkpoint.step);
  return { config, step: checkpoint.step, model, linears, tokenizer };
}
