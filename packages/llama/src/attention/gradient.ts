import { engine } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { CAUSAL_ATTENTION, CAUSAL_ATTENTION_GRAD } from './kernel.ts';

/**
 * Saves qkv, the output and one log-sum-exp per row and head. The probabilities are computed again, so nothing of
 * size context × context is ever kept.
 */
export const causalAttentionGradient: GradConfig = {
  kernelName: CAUSAL_ATTENTION,
  inputsToSave: ['qkv'],
  outputsToSave: [true, true],
  gradFunc: (dys, saved, attrs: NamedAttrMap) => {
    const [qkv, out, logSumExp] = saved as [Tensor, Tensor, Tensor];
    const [dy] = dys as Tensor[];
    return {
      qkv: () => engine().runKernel<Tensor>(CAUSAL_ATTENTION_GRAD, { dy: dy!, qkv, out, logSumExp }, attrs),
    };
  },
};
