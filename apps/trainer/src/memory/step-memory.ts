import { getBackend } from '@tensorflow/tfjs-core';
import { headChunkRows } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import type { Recipe } from '@nibble-ml/recipes';
import type { TrainConfig } from '../config/train-config.ts';
import { estimateMemory } from './memory-estimate.ts';

/** The settings that memory depends on besides the model and the recipe. */
export type MemoryConfig = Pick<
  TrainConfig,
  'context' | 'gradientAccumulation' | 'gradientSums' | 'moments' | 'checkpointing'
>;

/** Bytes of the device that one training step takes, part by part. */
export interface StepMemory {
  readonly weights: number;
  /** Codes, scales and copies that are derived from the weights. */
  readonly quantizedWeights: number;
  /** The optimizer's moments. */
  readonly moments: number;
  /** Sums of gradients over micro-batches; 0 where there is one. */
  readonly gradientSums: number;
  /** Gradients of the weights. */
  readonly gradients: number;
  /** What is kept from the forward to the backward pass. */
  readonly activations: number;
  /** What the ops of a block take beside. */
  readonly working: number;
  /** What the head takes beside: chunks of logits, and of the head's gradient the sums before and after a chunk. */
  readonly head: number;
  /**
   * At the worst moment. On wasm that is in the head, or at the begin of the backward pass, when all activations are there, or
   * at its end, when all gradients are. On webgpu, whose buffers are reused for their own size alone, it is the sum.
   */
  readonly total: number;
}

/** What single ops take, as a probe has measured it. */
export interface WorkingSet {
  /** Bytes for each row (token of a micro-batch) and each float of a row's width. */
  readonly perRowAndWidth: number;
  /** Bytes beside, for each weight of a block. */
  readonly perBlockWeight: number;
  /** Float32 matrices of the head's size, and of a chunk of logits, that are held at once. */
  readonly headCopies: number;
}

/** The width that the working set of a model grows with: its residual stream, and gates and values. */
export function workingWidth({ dim, ffnDim }: LlamaConfig): number {
  return 2 * (dim + ffnDim);
}

/** Weights in the matrices of one block. */
export function blockWeights({ dim, ffnDim }: LlamaConfig): number {
  return dim * (4 * dim + 3 * ffnDim);
}

/** Bytes of one training step with micro-batches of `batch` windows, on the current backend. */
export function estimateStep(
  modelConfig: LlamaConfig,
  recipe: Recipe,
  config: MemoryConfig,
  batch: number,
  working: WorkingSet,
): StepMemory {
  const { context, gradientAccumulation, gradientSums, moments, checkpointing } = config;
  const estimate = estimateMemory(modelConfig, recipe, { batch, context });
  const { weights, quantizedWeights } = estimate;
  const bytesPerSum = gradientSums === 'f32' ? 1 : 1 / 4;
  const parts = {
    weights,
    quantizedWeights,
    moments: moments === 'mixed' ? estimate.mixedOptimizer : estimate.optimizer,
    gradientSums: gradientAccumulation > 1 ? weights * bytesPerSum : 0,
    gradients: weights,
    activations: checkpointing === 'block' ? estimate.checkpointedActivations : estimate.activations,
    working:
      working.perRowAndWidth * batch * context * workingWidth(modelConfig) +
      working.perBlockWeight * blockWeights(modelConfig),
    head: 4 * working.headCopies * headFloats(modelConfig, batch * context),
  };
  const held = parts.weights + parts.quantizedWeights + parts.moments + parts.gradientSums;
  // With block checkpointing, no block is whole again when the head runs.
  const aBlock = (estimate.activations - aroundBlocks(modelConfig, batch * context)) / modelConfig.nLayers;
  const keptByHead = checkpointing === 'block' ? parts.activations - aBlock : parts.activations;
  const worst =
    getBackend() === 'webgpu'
      ? parts.activations + parts.working + parts.head + parts.gradients
      : Math.max(parts.activations + parts.working, keptByHead + parts.head, parts.gradients);
  return { ...parts, total: held + worst };
}

/** Activations that belong to no block: the final norm's input and inverse rms, and the head's gradients. */
function aroundBlocks({ vocabSize, dim }: LlamaConfig, rows: number): number {
  return 4 * (rows * (2 * dim + 1) + vocabSize * dim);
}

/** Floats of the head and of a chunk of its logits, for a micro-batch of so many tokens. */
export function headFloats({ vocabSize, dim }: LlamaConfig, rows: number): number {
  return vocabSize * (dim + Math.min(rows, headChunkRows(vocabSize)));
}
