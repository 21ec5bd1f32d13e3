import { countParameters } from '@nibble-ml/llama';
import type { EncodedGguf, GgufValue } from '@nibble-ml/llama';
import { specialIdsOfRun } from '../hugging-face/special-ids.ts';
import type { StoredModel } from '../run/stored-model.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { modelConfigOfRun } from '../training/model-config-of-run.ts';
import { recipePhases } from '../training/recipe-phases.ts';
import { modelGguf } from './model-gguf.ts';
import type { Parameter } from './model-gguf.ts';
import { planGguf } from './plan-gguf.ts';
import type { ExportType, WeightChoice, WideType } from './plan-gguf.ts';
import { tokenizerMetadata } from './tokenizer-metadata.ts';

/** How a model is written. */
export interface StoredModelGgufOptions {
  readonly type: ExportType;
  /** Default `quantized`: what the forward product takes. */
  readonly weights?: WeightChoice;
  /** Beside MXFP4 or NVFP4, the type of what the recipe leaves in float32. Default F32. */
  readonly rest?: WideType;
}

/** A GGUF file in parts, and what is in it. */
export interface StoredModelGguf extends EncodedGguf {
  readonly recipe: string;
  /** Tensors by type. */
  readonly types: Readonly<Record<string, number>>;
  /** Of the whole file, for each parameter of the model. */
  readonly bitsPerWeight: number;
  readonly notes: readonly string[];
}

/**
 * Returns the model of a run as a GGUF file for llama.cpp, tokenizer included. Needs no device; one parameter is read and
 * encoded at a time.
 *
 * @throws RangeError naming what llama.cpp or the type cannot hold
 */
export function storedModelGguf(model: StoredModel, options: StoredModelGgufOptions): StoredModelGguf {
  const { type, weights = 'quantized', rest = 'F32' } = options;
  const { record, step, files } = model;
  const tokenizerJson: unknown = JSON.parse(model.tokenizerJson);
  const tokenizer = loadTokenizer(tokenizerJson);
  const config = modelConfigOfRun(record, tokenizer.vocabSize);
  const tokenizerKeys = tokenizerMetadata(tokenizerJson, config.vocabSize, specialIdsOfRun(files, tokenizer));
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
  const parameter = (wanted: string): Parameter => parameterOf(model.weights, wanted);
  const encoded = modelGguf({ config, plan, type, name, metadata, parameter });
  const types: Record<string, number> = {};
  for (const tensor of plan.tensors) types[tensor.type] = (types[tensor.type] ?? 0) + 1;
  const bitsPerWeight = (8 * encoded.byteLength) / countParameters(config).total;
  return { ...encoded, recipe, types, bitsPerWeight, notes: plan.notes };
}

function parameterOf(weights: StoredModel['weights'], name: string): Parameter {
  const found = weights.tensors.get(name);
  if (found?.dtype !== 'F32') {
    throw new RangeError(
      `exportGguf: the checkpoint must have ${name} in F32, but ${found === undefined ? 'it is missing' : `it is ${found.dtype}`}`,
    );
  }
  return { shape: found.shape, values: weights.read(name) as Float32Array };
}
