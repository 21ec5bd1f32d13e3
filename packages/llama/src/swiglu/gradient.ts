import { engine } from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { SWIGLU, SWIGLU_GRAD } from './kernel.ts';

/** Saves the input; the sigmoid is computed again. */
export const swigluGradient: GradConfig = {
  kernelName: SWIGLU,
  inputsToSave: ['gateUp'],
  gradFunc: (dy, saved) => ({
    gateUp: () => engine().runKernel<Tensor>(SWIGLU_GRAD, { dy: dy as Tensor, gateUp: saved[0]! }),
  }),
};
