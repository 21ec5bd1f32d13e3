import { engine } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { EMBEDDING, EMBEDDING_GRAD } from './kernel.ts';

/** Saves the ids. The rows of one id are added in the order of their positions, without atomics. */
export const embeddingGradient: GradConfig = {
  kernelName: EMBEDDING,
  inputsToSave: ['ids'],
  gradFunc: (dy, saved, attrs: NamedAttrMap) => ({
    table: () => engine().runKernel<Tensor>(EMBEDDING_GRAD, { dy: dy as Tensor, ids: saved[0]! }, attrs),
  }),
};
