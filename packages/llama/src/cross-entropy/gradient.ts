import { engine } from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { CROSS_ENTROPY, CROSS_ENTROPY_GRAD } from './kernel.ts';

/** Saves the logits, the targets and the log-sum-exp of each row, so that the gradient is one pass. */
export const crossEntropyGradient: GradConfig = {
  kernelName: CROSS_ENTROPY,
  inputsToSave: ['logits', 'targets'],
  outputsToSave: [false, false, true],
  gradFunc: (dys, saved) => {
    const [logits, targets, logSumExp] = saved as [Tensor, Tensor, Tensor];
    const [dy] = dys as Tensor[];
    return {
      logits: () => engine().runKernel<Tensor>(CROSS_ENTROPY_GRAD, { dy: dy!, logits, targets, logSumExp }),
    };
  },
};
