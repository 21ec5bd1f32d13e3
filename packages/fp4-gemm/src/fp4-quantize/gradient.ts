import { zeros } from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { FP4_QUANTIZE } from './kernel-name.ts';

/**
 * The true derivative of a step function: zero almost everywhere. It is what a caller gets who runs the kernel
 * itself on the tape; training goes through `fp4Linear` or a recipe.
 */
export const fp4QuantizeGradient: GradConfig = {
  kernelName: FP4_QUANTIZE,
  inputsToSave: ['x'],
  gradFunc: (_dy, saved) => ({ x: () => zeros((saved[0] as Tensor).shape) }),
};
