import type { Checkpointing } from '../model/checkpointing.ts';
import type { LinearRole } from '../model/linear-op.ts';
import { headDimOf } from './llama-config.ts';
import type { LlamaConfig } from './llama-config.ts';

function floats(count: number): number {
  return 4 * count;
}

/** What a linear layer keeps of its input between forward and backward. */
export interface LinearSaves {
  /** Whether it keeps the float32 input itself. */
  readonly input: boolean;
  /** Bytes that it keeps beside: codes, scales, residuals. */
  readonly bytes: number;
}

/** What the bytes of activations depend on besides the model. */
export interface ActivationOptions {
  /** Sequences. */
  readonly batch: number;
  /** Tokens per sequence. */
  readonly context: number;
  /** Whether blocks are run again in the backward pass. */
  readonly checkpointing: Checkpointing;
  /** What a linear layer keeps of an input float32 `[rows, inFeatures]`. */
  readonly linear: (role: LinearRole, rows: number, inFeatures: number) => LinearSaves;
}

/** Bytes held between forward and backward. */
export interface ActivationBytes {
  /** Bytes that one block keeps. */
  readonly perBlock: number;
  /** Of all blocks, the final norm's input and the inverse rms of its rows, and the head's gradients, which are made in the forward pass. */
  readonly total: number;
}

/** A linear layer in float32: it keeps its input. */
export const savesInput: ActivationOptions['linear'] = () => ({ input: true, bytes: 0 });

/**
 * Bytes that a training step holds between its forward and its backward pass, weights and what is derived from them not
 * counted.
 *
 * A block keeps its input and that of its second norm, the inverse rms of each of their rows, the rotated queries, keys and values, the attention's output and
 * one log-sum-exp per row and head, gates and values of the feed-forward network, and what its linear layers keep.
 * Norms and SwiGLU keep no output: a linear layer that keeps its float32 input does. With block checkpointing it keeps
 * its input alone, and each block needs the rest for as long as its backward pass takes.
 */
export function activationBytes(
  config: LlamaConfig,
  { batch, context, checkpointing, linear }: ActivationOptions,
): ActivationBytes {
  const { vocabSize, dim, nLayers, nHeads, nKvHeads, ffnDim } = config;
  const headDim = headDimOf(config);
  const rows = batch * context;
  const linearBytes = (role: LinearRole, inFeatures: number, heldAnyway = false): number => {
    const { input, bytes } = linear(role, rows, inFeatures);
    return bytes + (input && !heldAnyway ? floats(rows * inFeatures) : 0);
  };
  const ops = dim + (nHeads + 2 * nKvHeads) * headDim + nHeads * headDim + nHeads + dim + 2 + 2 * ffnDim;
  const linears =
    linearBytes('qkv', dim) +
    linearBytes('o', nHeads * headDim, true) +
    linearBytes('fc1', dim) +
    linearBytes('fc2', ffnDim);
  const perBlock = checkpointing === 'block' ? floats(rows * dim) : floats(rows * ops) + linears;
  return { perBlock, total: nLayers * perBlock + floats(rows * (2 * dim + 1) + vocabSize * dim) };
}
