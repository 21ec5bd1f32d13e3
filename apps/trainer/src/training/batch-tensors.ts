import { tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batcher.ts';

/** A batch on the device, int32 `[batchSize, context]` each; the caller disposes it. */
export interface BatchTensors {
  readonly inputsBT: Tensor2D;
  readonly targetsBT: Tensor2D;
}

/** Uploads a batch. */
export function batchTensors({ inputs, targets }: Batch, batchSize: number): BatchTensors {
  const shape: [number, number] = [batchSize, inputs.length / batchSize];
  return { inputsBT: tensor2d(inputs, shape, 'int32'), targetsBT: tensor2d(targets, shape, 'int32') };
}
