import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LlamaConfig } from '@nibble-ml/llama';
import type { TrainConfig } from '../config/train-config.ts';
import { importedFiles } from '../hugging-face/imported-files.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import type { TokenizerJson } from '../tokenizer/tokenizer-json.ts';
import type { LoadedCheckpoint } from '../run/checkpoint.ts';
import { openRun } from '../run/run-folder.ts';
import { checkpointInUse } from './load-checkpoint.ts';
import { modelConfigOfRun } from './model-config-of-run.ts';

/** What a new run takes over from another one. */
export interface InitialModel {
  readonly modelConfig: LlamaConfig;
  readonly tokenizerJson: TokenizerJson;
  /** What an imported model brought along beside its tokenizer, by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** The weights. */
  readonly checkpoint: LoadedCheckpoint;
}

/**
 * What a run that `init` names decides for a new one, in place of the defaults: its model, and the context that it was
 * trained with.
 *
 * @throws Error when the folder is no run
 */
export function settingsOfInit(init: string): Pick<TrainConfig, 'model' | 'context'> {
  const { model, context } = openRun(init).record.config;
  return { model, context };
}

/**
 * The shape of the model of a run that another one starts from.
 *
 * @param context - Tokens in a window of the new run; a model that is meant for fewer is from now on meant for these.
 * @throws Error when the folder is no run
 */
export function shapeOfInit(init: string, context: number): LlamaConfig {
  return shapeOf(init, readTokenizer(init), context);
}

function readTokenizer(init: string): TokenizerJson {
  return JSON.parse(readFileSync(join(init, 'tokenizer.json'), 'utf8')) as TokenizerJson;
}

function shapeOf(init: string, tokenizerJson: TokenizerJson, context: number): LlamaConfig {
  const shape = modelConfigOfRun(openRun(init).record, loadTokenizer(tokenizerJson).vocabSize);
  return { ...shape, context: Math.max(shape.context, context) };
}

/**
 * Reads the model of a run to start another one from: the newest checkpoint, or with `patience` the best.
 *
 * @param context - as in {@link shapeOfInit}
 * @throws Error when the folder is no run or its checkpoint is damaged
 */
export function loadInit(init: string, context: number): InitialModel {
  const { checkpoint } = checkpointInUse(init);
  const tokenizerJson = readTokenizer(init);
  const files = importedFiles(init);
  return { modelConfig: shapeOf(init, tokenizerJson, context), tokenizerJson, files, checkpoint };
}
