import { customGrad } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { scaledBy } from '../autodiff/unit-gradient.ts';
import { checkTensor } from '../kernel/check-tensor.ts';
import { meanLoss, rowLoss, rowLossAndGrad } from './run-cross-entropy.ts';

/**
 * Mean softmax cross-entropy in nats: `mean_m(logSumExp_v(logits[m,v]) − logits[m, targets[m]])`. Differentiable in
 * the logits.
 *
 * @param logitsMV - float32 `[M, V]`
 * @param targetsM - int32 `[M]`, each in `[0, V)`. On webgpu, where the values cannot be read at once, a target
 * outside that range gives a loss of NaN
 * @throws RangeError when the shapes do not fit or are empty, or a target is out of range (cpu, wasm)
 * @throws TypeError when a dtype does not fit
 */
export function crossEntropy(logitsMV: Tensor2D, targetsM: Tensor1D): Scalar {
  checkLogits('crossEntropy', logitsMV, targetsM);
  const mean = customGrad((logits, save) => {
    (save as (tensors: Tensor[]) => void)([logits as Tensor2D, targetsM]);
    return {
      value: meanLoss(rowLoss(logits as Tensor2D, targetsM)),
      // The exponentials are computed again: saving them would save the logits once more.
      gradFunc: (dy: Scalar, saved: Tensor[]) => {
        const [savedLogits, savedTargets] = saved as [Tensor2D, Tensor1D];
        return scaledBy(rowLossAndGrad(savedLogits, savedTargets)[1], dy);
      },
    };
  });
  return mean(logitsMV) as Scalar;
}

/**
 * Softmax cross-entropy of each row in nats, for evaluation: `[M]`. Not differentiable.
 *
 * @param logitsMV - float32 `[M, V]`
 * @param targetsM - int32 `[M]`, as in {@link crossEntropy}
 * @throws RangeError when the shapes do not fit or are empty, or a target is out of range (cpu, wasm)
 * @throws TypeError when a dtype does not fit
 */
export function perTokenLoss(logitsMV: Tensor2D, targetsM: Tensor1D): Tensor1D {
  checkLogits('perTokenLoss', logitsMV, targetsM);
  return rowLoss(logitsMV, targetsM);
}

function checkLogits(functionName: string, logitsMV: Tensor2D, targetsM: Tensor1D): void {
  checkTensor(functionName, 'logitsMV', logitsMV, 'float32', 2);
  checkTensor(functionName, 'targetsM', targetsM, 'int32', 1);
  if (logitsMV.shape[0] !== targetsM.shape[0] || logitsMV.size === 0) {
    throw new RangeError(
      `${functionName}: there must be one target for each row of logits, at least one, but got logits of shape [${logitsMV.shape.join(', ')}] and ${targetsM.shape[0]} targets`,
    );
  }
}
