import { engine } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { ROPE } from './kernel.ts';
import type { RopeAttrs } from './kernel.ts';

/** Saves nothing: the gradient of a rotation is the rotation back. */
export const ropeGradient: GradConfig = {
  kernelName: ROPE,
  gradFunc: (dy, _saved, attrs: NamedAttrMap) => {
    const direction = -(attrs as RopeAttrs).direction;
    return { qkv: () => engine().runKernel<Tensor>(ROPE, { qkv: dy as Tensor }, { ...attrs, direction }) };
  },
};
