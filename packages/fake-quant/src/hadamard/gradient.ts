import type { GradConfig, Tensor2D } from '@tensorflow/tfjs-core';
import { HADAMARD } from './kernel-name.ts';
import type { HadamardAttrs } from './options.ts';
import { runHadamard } from './run-hadamard.ts';

/** The transform is orthonormal, so its gradient is its inverse. */
export const hadamardGradientConfig: GradConfig = {
  kernelName: HADAMARD,
  gradFunc: (dy, _saved, attrs) => {
    const own = attrs as unknown as HadamardAttrs;
    return { x: () => runHadamard(dy as Tensor2D, { ...own, inverse: !own.inverse }) };
  },
};
