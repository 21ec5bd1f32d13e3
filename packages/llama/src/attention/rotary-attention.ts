import { customGrad, engine } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { anglesOf } from '../rope/angles.ts';
import { rope } from '../rope/rope.ts';
import type { RopeOptions } from '../rope/rope.ts';
import { attentionAttrs } from './causal-attention.ts';
import type { CausalAttentionOptions } from './causal-attention.ts';
import { CAUSAL_ATTENTION, CAUSAL_ATTENTION_GRAD } from './kernel.ts';

/** Options of {@link rotaryAttention}. */
export type RotaryAttentionOptions = CausalAttentionOptions & Pick<RopeOptions, 'theta' | 'scaling'>;

/**
 * `causalAttention(rope(qkv))`, to the same bits, whose gradient rotates back what it writes, so that no pass of its own
 * does. Saves the rotated qkv, the output and one log-sum-exp per row and head.
 *
 * @param qkvME - float32 `[batch · context, (nHeads + 2 nKvHeads) · headDim]`: query, key and value heads
 * @returns float32 `[batch · context, nHeads · headDim]`
 * @throws RangeError when the shape or an option does not fit
 * @throws TypeError when the dtype is not float32
 */
export function rotaryAttention(
  qkvME: Tensor2D,
  { theta, scaling, ...options }: RotaryAttentionOptions,
): Tensor2D {
  const attrs = attentionAttrs('rotaryAttention', qkvME, options);
  const attend = customGrad((qkv, save) => {
    const rotated = rope(qkv as Tensor2D, { ...options, theta, scaling });
    const [out, logSumExp] = engine().runKernel<Tensor[]>(CAUSAL_ATTENTION, { qkv: rotated }, attrs);
    (save as (tensors: Tensor[]) => void)([rotated, out!, logSumExp!]);
    return {
      value: out!,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [savedQkv, savedOut, savedLogSumExp] = saved as [Tensor, Tensor, Tensor];
        const inputs = { dy, qkv: savedQkv, out: savedOut, logSumExp: savedLogSumExp };
        return engine().runKernel<Tensor>(CAUSAL_ATTENTION_GRAD, inputs, {
          ...attrs,
          angles: anglesOf(theta, scaling),
        });
      },
    };
  });
  return attend(qkvME) as Tensor2D;
}
