import { clone, engine } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { RESIDUAL_RMS_NORM, RMS_NORM, RMS_NORM_GRAD } from './kernel.ts';
import type { ResidualRmsNormAttrs } from './kernel.ts';

/** Saves x, which the residual stream keeps alive anyway, the gain, and a value per row: the inverse rms. */
export const rmsNormGradient: GradConfig = {
  kernelName: RMS_NORM,
  inputsToSave: ['x', 'gain'],
  outputsToSave: [false, true],
  gradFunc: (dys, saved) => {
    const [x, gain, inverseRms] = saved as [Tensor, Tensor, Tensor];
    const [dy] = dys as Tensor[];
    const [dx, dgain] = gradients({ dy: dy!, x, gain, inverseRms });
    return { x: () => dx, gain: () => dgain };
  },
};

/** Saves the sum, which is the residual stream from there on, the gain, and the inverse rms of each row. */
export const residualRmsNormGradient: GradConfig = {
  kernelName: RESIDUAL_RMS_NORM,
  inputsToSave: ['gain'],
  outputsToSave: [true, false, true],
  gradFunc: (dys, saved, attrs: NamedAttrMap) => {
    const [gain, x, inverseRms] = saved as [Tensor, Tensor, Tensor];
    const [dSum, dy] = dys as Tensor[];
    const { sumGoesOn } = attrs as ResidualRmsNormAttrs;
    const [dx, dgain] = gradients({ dy: dy!, x, gain, inverseRms, ...(sumGoesOn && { dSum: dSum! }) });
    // Two tensors, because tfjs may dispose the gradient of one summand while that of the other is in use.
    return { x: () => dx, delta: () => clone(dx), gain: () => dgain };
  },
};

function gradients(inputs: NamedTensorMap): [dx: Tensor, dgain: Tensor] {
  return engine().runKernel(RMS_NORM_GRAD, inputs);
}
