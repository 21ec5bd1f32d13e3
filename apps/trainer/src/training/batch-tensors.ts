import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batcher.ts';

/** A batch on the device; the caller disposes it. */
export interface BatchTensors {
  /** int32 `[batchSize, context]`. */
  readonly inputsBT: Tensor2D;
  /** int32 `[batchSize * context]`. */
  readonly targetsM: Tensor1D;
}

/** Uploads a batch. */
export function batchTensors({ inputs, targets }: Batch, batchSize: number): BatchTensors {
  return {
    inputsBT: tensor2d(inputs, [batchSize, inputs.length / batchSize], 'int32'),
    targetsM: tensor1d(targets, 'int32'),
  };
}
