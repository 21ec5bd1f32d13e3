import { add, clone, customGrad } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { checkTensor } from '../kernel/check-tensor.ts';

/**
 * Sum of two tensors of the same shape, differentiable. tfjs's own kernel; its gradient is not registered where only
 * tfjs-core is loaded.
 *
 * @param aMD - float32 `[M, D]`
 * @param bMD - float32 `[M, D]`
 * @returns float32 `[M, D]`
 * @throws RangeError when the shapes differ
 * @throws TypeError when a dtype is not float32
 */
export function residualAdd(aMD: Tensor2D, bMD: Tensor2D): Tensor2D {
  checkTensor('residualAdd', 'aMD', aMD, 'float32', 2);
  checkTensor('residualAdd', 'bMD', bMD, 'float32', 2);
  if (aMD.shape[0] !== bMD.shape[0] || aMD.shape[1] !== bMD.shape[1]) {
    throw new RangeError(
      `residualAdd: both tensors must have the same shape, but got [${aMD.shape.join(', ')}] and [${bMD.shape.join(', ')}]`,
    );
  }
  const sum = customGrad((a, b) => ({
    value: add(a as Tensor, b as Tensor),
    // Two tensors, because tfjs may dispose the gradient of one summand while that of the other is in use.
    gradFunc: (dy: Tensor) => [dy, clone(dy)],
  }));
  return sum(aMD, bMD) as Tensor2D;
}
