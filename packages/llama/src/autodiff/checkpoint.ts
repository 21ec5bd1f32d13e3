import { customGrad } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { backpropagate } from './backpropagate.ts';
import { record } from './tape.ts';

/**
 * Runs `body` on `x` and keeps nothing of it for the backward pass but `x`: its gradient runs `body` again (arXiv
 * 1604.06174). The gradients have the same bits as without, since `body` is deterministic.
 *
 * @param body - differentiable; what it uses besides `x` and `weights` counts as constant
 */
export function checkpoint(
  body: (x: Tensor2D) => Tensor2D,
  x: Tensor2D,
  weights: readonly Tensor[],
): Tensor2D {
  const run = customGrad((...args) => {
    const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
    save([x]);
    return {
      value: body(x),
      gradFunc: (dy: Tensor, [savedX]: Tensor[]) => {
        const { result, tape } = record(() => body(savedX as Tensor2D));
        result.dispose();
        return backpropagate(tape, result, dy, [savedX!, ...weights]) as Tensor[];
      },
    };
  });
  return run(x, ...weights) as Tensor2D;
}
