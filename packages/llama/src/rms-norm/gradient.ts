import { engine } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { RMS_NORM, RMS_NORM_GRAD } from './kernel.ts';

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
