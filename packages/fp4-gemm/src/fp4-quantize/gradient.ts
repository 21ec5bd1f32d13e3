import { zeros } from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { FP4_QUANTIZE } from './kernel-name.ts';
import type { Fp4QuantizeAttrs } from './options.ts';

/**
 * The true derivative of a step function: zero almost everywhere. It is what a caller gets who runs the kernel itself
 * on the tape; training goes through `fp4Linear` or a recipe.
 */
export const fp4QuantizeGradient: GradConfig = {
  kernelName: FP4_QUANTIZE,
  // Nothing is saved, x least of all: the tape would keep the float32 activations for their shape.
  gradFunc: (dy, _saved, attrs) => {
    const [dCodes] = dy as Tensor[];
    const { cols } = attrs as unknown as Fp4QuantizeAttrs;
    return { x: () => zeros([dCodes!.shape[0]!, cols]) };
  },
};
