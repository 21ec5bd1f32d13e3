import { getBackend } from '@tensorflow/tfjs-core';
import { headDimOf } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import type { Recipe } from '@nibble-ml/recipes';
import type { TrainConfig } from '../config/train-config.ts';
import { measureStep } from './measure-step.ts';
import { blockWeights, estimateStep, headFloats, workingWidth } from './step-memory.ts';
import type { WorkingSet } from './step-memory.ts';

const WIDTH = 128;
const CONTEXT = 128;
/** Windows of the two measurements; on webgpu more, so that as many chunks of logits wait to be let go of as ever do. */
const BATCHES = { wasm: [2, 4], webgpu: [4, 8] } as const;
/** So few that the head takes nothing worth counting, and so many that it does, in several chunks of logits. */
const [FEW_TOKENS, MANY_TOKENS] = [64, 2048];
/** On wasm: the sums of the head's gradient before and after a chunk, or the logits of a chunk and their gradient. */
const HEAD_COPIES = 2;
const NOTHING: WorkingSet = { perRowAndWidth: 0, perBlockWeight: 0, headCopies: 0 };

/**
 * Measures what single ops of a training step take beside what formulas know, on the current backend, by training a small
 * model of the same proportions with two sizes of batch. What grows with the rows grows with the widths of the model too; the
 * rest grows with its weights.
 */
export async function probeWorkingSet(
  config: TrainConfig,
  modelConfig: LlamaConfig,
  recipe: Recipe,
): Promise<WorkingSet> {
  const small = smallModel(modelConfig);
  const [few, many] = BATCHES[getBackend() === 'webgpu' ? 'webgpu' : 'wasm'];
  const excess = async (batchSize: number, vocabSize: number): Promise<number> => {
    const model = { ...small, vocabSize };
    const own = { ...config, context: CONTEXT, batchSize, steps: 1000 };
    const { total } = estimateStep(model, recipe, own, batchSize, NOTHING);
    return (await measureStep(own, model, recipe)) - total;
  };
  const [first, second] = [await excess(few, FEW_TOKENS), await excess(many, FEW_TOKENS)];
  const perRow = Math.max(0, (second - first) / ((many - few) * CONTEXT));
  const rest = Math.max(0, second - perRow * many * CONTEXT);
  return {
    perRowAndWidth: perRow / workingWidth(small),
    perBlockWeight: rest / blockWeights(small),
    headCopies: getBackend() === 'webgpu' ? await headCopies() : HEAD_COPIES,
  };

  /** Buffers that were let go of wait until their commands are submitted, so that more of them are there than are used. */
  async function headCopies(): Promise<number> {
    const more = (await excess(many, MANY_TOKENS)) - second;
    return Math.max(0, more) / (4 * headFloats({ ...small, vocabSize: MANY_TOKENS }, many * CONTEXT));
  }
}

/** A model of the same proportions, but narrow, with two blocks and a small vocabulary. */
function smallModel(config: LlamaConfig): LlamaConfig {
  const scale = Math.min(1, WIDTH / config.dim);
  const { ropeScaling: _, ...rest } = config;
  return {
    ...rest,
    name: `${config.name}, narrow`,
    vocabSize: FEW_TOKENS,
    nLayers: 2,
    context: CONTEXT,
    dim: Math.round(config.dim * scale),
    headDim: Math.max(2, 2 * Math.round((headDimOf(config) * scale) / 2)),
    ffnDim: Math.round(config.ffnDim * scale),
  };
}
