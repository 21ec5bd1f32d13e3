import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { LoadedCheckpoint } from '../run/checkpoint.ts';
import { restoreWeights } from './checkpoint-state.ts';
import type { TrainingState } from './training-state.ts';

/**
 * Puts the weights of another run into a state that was just made. Learned clip factors are taken over where both have
 * them; moments and data position start anew.
 */
export function initWeights({ model, linears }: TrainingState, checkpoint: LoadedCheckpoint): void {
  restoreWeights(model.parameters, checkpoint);
  for (const [name, factors] of linears.parameters) {
    const found = checkpoint.tensors.get(name);
    if (found === undefined || found.shape.join() !== factors.shape.join()) continue;
    tidy(() => factors.assign(tensor(found.values as Float32Array, factors.shape, 'float32')));
  }
  linears.weightsChanged(0);
}
