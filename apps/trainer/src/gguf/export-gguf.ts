import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countParameters } from '@nibble-ml/llama';
import type { GgufValue } from '@nibble-ml/llama';
import { specialIdsOfRun } from '../hugging-face/special-ids.ts';
import type { OpenCheckpoint } from '../run/open-checkpoint.ts';
import { openRun } from '../run/run-folder.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { modelConfigOfRun } from '../training/model-config-of-run.ts';
import { openCheckpointInUse } from '../training/open-checkpoint-in-use.ts';
import { recipePhases } from '../training/recipe-phases.ts';
import { modelGguf } from './model-gguf.ts';
import type { Parameter } from './model-gguf.ts';
import { planGguf } from './plan-gguf.ts';
import type { ExportType, WeightChoice, WideType } from './plan-gguf.ts';
import { replaceFileWith } from './replace-file-with.ts';
import { tokenizerMetadata } from './tokenizer-metadata.ts';

/** Options of {@link exportGguf}. */
export interface ExportGgufOptions {
  readonly type: ExportType;
  /** Default `quantized`: what the forward product takes. */
  readonly weights?: WeightChoice;
  /** Beside MXFP4 or NVFP4, the type of what the recipe leaves in float32. Default F32. */
  readonly rest?: WideType;
  /** Default the checkpoint that `nibble eval` takes. */
  readonly step?: number;
  /** Default `model-TYPE.gguf` in the run's folder. */
  readonly out?: string;
}

/** What was exported. */
export interface ExportedGguf {
  readonly file: string;
  readonly bytes: number;
  readonly step: number;
  readonly recipe: string;
  /** Tensors by type. */
  readonly types: Readonly<Record<string, number>>;
  /** Of the whole file, for each parameter of the model. */
  readonly bitsPerWeight: number;
  readonly notes: readonly string[];
}

/**
 * Writes the model of a run as a GGUF file for llama.cpp, tokenizer included. Atomic; needs no device.
 *
 * @throws Error when the folder is no run or the checkpoint is damaged; RangeError naming what llama.cpp or the type
 * cannot hold
 */
export function exportGguf(dir: string, options: ExportGgufOptions): ExportedGguf {
  const { type, weights = 'quantized', rest = 'F32' } = options;
  const { record } = openRun(dir);
  const tokenizerJson: unknown = JSON.parse(readFileSync(join(dir, 'tokenizer.json'), 'utf8'));
  const tokenizer = loadTokenizer(tokenizerJson);
  const config = modelConfigOfRun(record, tokenizer.vocabSize);
  const tokenizerKeys = tokenizerMetadata(tokenizerJson, config.vocabSize, specialIdsOfRun(dir, tokenizer));
  const checkpoint = openCheckpointInUse(dir, options.step);
  try {
    const { step, weights: stored } = checkpoint;
    const phases = recipePhases(record.config).filter(({ stepsDone }) => stepsDone <= step);
    const plan = planGguf({ config, phases, type, weights, rest });
    const recipe = phases.at(-1)!.recipe.name;
    const metadata = new Map<string, GgufValue>([
      ...tokenizerKeys,
      ['nibble.recipe', { type: 'string', value: recipe }],
      ['nibble.step', { type: 'uint32', value: step }],
      ['nibble.weights', { type: 'string', value: weights }],
    ]);
    const name = `${config.name} ${recipe}`;
    const parameter = (wanted: string): Parameter => parameterOf(stored, wanted);
    const { byteLength, chunks } = modelGguf({ config, plan, type, name, metadata, parameter });
    const file = options.out ?? join(dir, `model-${type.toLowerCase()}.gguf`);
    replaceFileWith(file, chunks);
    const types: Record<string, number> = {};
    for (const tensor of plan.tensors) types[tensor.type] = (types[tensor.type] ?? 0) + 1;
    const bitsPerWeight = (8 * byteLength) / countParameters(config).total;
    return { file, bytes: byteLength, step, recipe, types, bitsPerWeight, notes: plan.notes };
  } finally {
    checkpoint.close();
  }
}

function parameterOf(weights: OpenCheckpoint['weights'], name: string): Parameter {
  const found = weights.tensors.get(name);
  if (found?.dtype !== 'F32') {
    throw new RangeError(
      `exportGguf: the checkpoint must have ${name} in F32, but ${found === undefined ? 'it is missing' : `it is ${found.dtype}`}`,
    );
  }
  return { shape: found.shape, values: weights.read(name) as Float32Array };
}
