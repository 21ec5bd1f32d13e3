import {
  countParameters,
  encodeFloats,
  encodeHeader,
  huggingFaceTensors,
  planShards,
  SHARD_INDEX,
  stringifyHuggingFaceConfig,
  toHuggingFaceConfig,
} from '@nibble-ml/llama';
import type { FloatDtype, HuggingFaceTensor, Shard } from '@nibble-ml/llama';
import type { StoredModel } from '../run/stored-model.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { modelConfigOfRun } from '../training/model-config-of-run.ts';
import { recipePhases } from '../training/recipe-phases.ts';
import { GENERATION_CONFIG } from './imported-file-names.ts';
import { quantizedWeight } from './quantized-weight.ts';
import { specialIdFields, specialIdsOfRun } from './special-ids.ts';
import { tokenizerFiles } from './tokenizer-files.ts';
import { weightChunks } from './weight-chunks.ts';
import type { WeightValues } from './weight-chunks.ts';

/** How a model is written. */
export interface HuggingFaceFilesOptions {
  /** Element type that weights are rounded to, nearest, ties to even. Default `f32`, which keeps every bit. */
  readonly dtype?: 'f32' | 'bf16' | 'f16';
  /** Bytes of weights in a file. Default 5 GB, as Hugging Face has it. */
  readonly maxShardSize?: number;
  /**
   * `master`: what the optimizer keeps; a fine-tuning goes on from these. `quantized`: the values that the forward products
   * of the run's recipe take in their place, so that a model computed elsewhere in float32 has the run's quantized weights;
   * activations are not quantized there. Default `master`.
   */
  readonly weights?: 'master' | 'quantized';
}

/** A folder for Hugging Face, not written yet. */
export interface HuggingFaceFiles {
  readonly recipe: string;
  readonly parameters: number;
  /** The files of weights, each in parts that are made as they are asked for. */
  readonly shards: readonly { readonly name: string; readonly chunks: Iterable<Uint8Array> }[];
  /** All other files by name. */
  readonly texts: Readonly<Record<string, string>>;
}

const FIVE_GIGABYTES = 5e9;

/**
 * Returns the files of a folder that `AutoModelForCausalLM` and `AutoTokenizer` of Hugging Face transformers load. Needs no
 * device; weights pass through memory in pieces, quantized ones a parameter at a time.
 *
 * @throws RangeError when transformers or the type cannot hold the model; the parts, when a weight is beyond the range of
 * the type
 */
export function huggingFaceFiles(
  model: StoredModel,
  options: HuggingFaceFilesOptions = {},
): HuggingFaceFiles {
  const { dtype = 'f32', maxShardSize = FIVE_GIGABYTES, weights = 'master' } = options;
  const { record, tokenizerJson, files, step } = model;
  const tokenizer = loadTokenizer(JSON.parse(tokenizerJson));
  const config = modelConfigOfRun(record, tokenizer.vocabSize);
  const ids = specialIdsOfRun(files, tokenizer);
  const idFields = specialIdFields(ids);
  const floats = dtype.toUpperCase() as FloatDtype;
  const { shards, index } = planShards(huggingFaceTensors(config, floats), maxShardSize);
  const phase = recipePhases(record.config).findLast(({ stepsDone }) => stepsDone <= step)!;
  const values: WeightValues = weightChunks(
    model,
    weights === 'master' ? null : (whole, name, shape) => quantizedWeight(whole, name, shape, config, phase),
  );
  return {
    recipe: phase.recipe.name,
    parameters: countParameters(config).total,
    shards: shards.map((shard) => ({ name: shard.file, chunks: shardBytes(shard, floats, values) })),
    texts: {
      'config.json': stringifyHuggingFaceConfig(
        toHuggingFaceConfig(config, {
          dtype: floats,
          bosTokenId: idFields.bos_token_id,
          eosTokenId: idFields.eos_token_id,
          padTokenId: idFields.pad_token_id,
        }),
      ),
      [GENERATION_CONFIG]: jsonFile(idFields),
      ...tokenizerFiles(files, tokenizerJson, { tokenizer, ids, context: config.context }),
      ...(index === null ? {} : { [SHARD_INDEX]: jsonFile(index) }),
    },
  };
}

function* shardBytes(
  { tensors }: Shard<HuggingFaceTensor>,
  dtype: FloatDtype,
  values: WeightValues,
): Generator<Uint8Array, void> {
  yield encodeHeader(tensors, { format: 'pt' });
  for (const tensor of tensors) {
    for (const chunk of values(tensor)) {
      try {
        yield encodeFloats(chunk, dtype);
      } catch (cause) {
        throw new RangeError(`exportHuggingFace: ${tensor.name}: ${(cause as Error).message}`, { cause });
      }
    }
  }
}

function jsonFile(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
