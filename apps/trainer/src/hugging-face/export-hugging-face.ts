import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { openRun, requireNewFolder } from '../run/run-folder.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { modelConfigOfRun } from '../training/model-config-of-run.ts';
import { openCheckpointInUse } from '../training/open-checkpoint-in-use.ts';
import { recipePhases } from '../training/recipe-phases.ts';
import { putFolder } from './put-folder.ts';
import { quantizedWeight } from './quantized-weight.ts';
import { GENERATION_CONFIG } from './imported-files.ts';
import { specialIdFields, specialIdsOfRun } from './special-ids.ts';
import { tokenizerFiles } from './tokenizer-files.ts';
import { weightChunks } from './weight-chunks.ts';
import type { WeightValues } from './weight-chunks.ts';
import { writeChunks } from './write-chunks.ts';

/** Options of {@link exportHuggingFace}. */
export interface ExportHuggingFaceOptions {
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
  /** Step of the checkpoint. Default the newest, or with `patience` the best. */
  readonly step?: number;
}

/** What was exported. */
export interface ExportedHuggingFace {
  readonly folder: string;
  readonly step: number;
  readonly recipe: string;
  /** Names of all files that were written. */
  readonly files: readonly string[];
  readonly parameters: number;
  /** Bytes of weights. */
  readonly bytes: number;
}

const FIVE_GIGABYTES = 5e9;

/**
 * Writes the model of a run as a folder that `AutoModelForCausalLM` and `AutoTokenizer` of Hugging Face transformers load:
 * `config.json`, `generation_config.json`, `model.safetensors` or shards with their index, and the tokenizer's files. Atomic;
 * needs no device; weights pass through memory in pieces, quantized ones a parameter at a time.
 *
 * @param runDir - Folder of the run
 * @param outFolder - New or empty
 * @throws Error when the folder is no run, the checkpoint is damaged or `outFolder` is not new; RangeError when a weight is
 * beyond the range of the type, or transformers or the type cannot hold the model
 */
export function exportHuggingFace(
  runDir: string,
  outFolder: string,
  options: ExportHuggingFaceOptions = {},
): ExportedHuggingFace {
  const { dtype = 'f32', maxShardSize = FIVE_GIGABYTES, weights = 'master', step } = options;
  requireNewFolder(outFolder);
  const { record } = openRun(runDir);
  const tokenizerJson = readFileSync(join(runDir, 'tokenizer.json'), 'utf8');
  const tokenizer = loadTokenizer(JSON.parse(tokenizerJson));
  const config = modelConfigOfRun(record, tokenizer.vocabSize);
  const ids = specialIdsOfRun(runDir, tokenizer);
  const idFields = specialIdFields(ids);
  const floats = dtype.toUpperCase() as FloatDtype;
  const { shards, index } = planShards(huggingFaceTensors(config, floats), maxShardSize);
  const checkpoint = openCheckpointInUse(runDir, step);
  try {
    const phase = recipePhases(record.config).findLast(({ stepsDone }) => stepsDone <= checkpoint.step)!;
    const texts: Record<string, string> = {
      'config.json': stringifyHuggingFaceConfig(
        toHuggingFaceConfig(config, {
          dtype: floats,
          bosTokenId: idFields.bos_token_id,
          eosTokenId: idFields.eos_token_id,
          padTokenId: idFields.pad_token_id,
        }),
      ),
      [GENERATION_CONFIG]: jsonFile(idFields),
      ...tokenizerFiles(runDir, tokenizerJson, { tokenizer, ids, context: config.context }),
      ...(index === null ? {} : { [SHARD_INDEX]: jsonFile(index) }),
    };
    const values: WeightValues = weightChunks(
      checkpoint,
      weights === 'master'
        ? null
        : (whole, name, shape) => quantizedWeight(whole, name, shape, config, phase),
    );
    let bytes = 0;
    putFolder(outFolder, (folder) => {
      for (const shard of shards) {
        bytes += writeChunks(join(folder, shard.file), shardBytes(shard, floats, values)).bytes;
      }
      for (const [name, text] of Object.entries(texts)) {
        writeChunks(join(folder, name), [new TextEncoder().encode(text)]);
      }
    });
    return {
      folder: outFolder,
      step: checkpoint.step,
      recipe: phase.recipe.name,
      files: [...Object.keys(texts), ...shards.map(({ file }) => file)].toSorted(),
      parameters: countParameters(config).total,
      bytes,
    };
  } finally {
    checkpoint.close();
  }
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
