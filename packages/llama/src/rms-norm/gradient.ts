import { clone, engine } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { RESIDUAL_RMS_NORM, RMS_NORM, RMS_NORM_GRAD } from './kernel.ts';

/**
 * Saves x, which the residual stream keeps alive anyway, and the gain. The inverse rms is computed again: one pass
 * over a row that is being read in any case.
 */
export const rmsNormGradient: GradConfig = {
  kernelName: RMS_NORM,
  inputsToSave: ['x', 'gain'],
  gradFunc: (dy, saved, attrs: NamedAttrMap) => {
    const [x, gain] = saved as [Tensor, Tensor];
    const [dx, dgain] = engine().runKernel<Tensor[]>(RMS_NORM_GRAD, { dy: dy as Tensor, x, gain }, attrs);
    return { x: () => dx!, gain: () => dgain! };
  },
};

/** Saves the sum, which is the residual stream from there on, and the gain. */
export const residualRmsNormGradient: GradConfig = {
  kernelName: RESIDUAL_RMS_NORM,
  inputsToSave: ['gain'],
  outputsToSave: [true, false],
  gradFunc: (dys, saved, attrs: NamedAttrMap) => {
    const [gain, x] = saved as [Tensor, Tensor];
    const [dSum, dy] = dys as Tensor[];
    const inputs = { dy: dy!, x, gain, dSum: dSum! };
    const [dx, dgain] = engine().runKernel<Tensor[]>(RMS_NORM_GRAD, inputs, attrs);
    // Two tensors, because tfjs may dispose the gradient of one summand while that of the other is in use.
    return { x: () => dx!, delta: () => clone(dx!), gain: () => dgain! };
  },
};
