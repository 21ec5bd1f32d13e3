import { engine } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkTensor } from '../kernel/check-tensor.ts';
import { registerGradientOnce, registerOp } from '../kernel/register-op.ts';
import { crossEntropyCpu, crossEntropyGradCpu } from './cpu.ts';
import { crossEntropyGradient } from './gradient.ts';
import { CROSS_ENTROPY, CROSS_ENTROPY_GRAD } from './kernel.ts';
import { crossEntropyWasm, crossEntropyGradWasm } from './wasm.ts';
import { crossEntropyWebGpu, crossEntropyGradWebGpu } from './webgpu.ts';

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
  return engine().tidy(() => runCrossEntropy('crossEntropy', logitsMV, targetsM)[0]);
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
  return engine().tidy(() => runCrossEntropy('perTokenLoss', logitsMV, targetsM)[1]);
}

function runCrossEntropy(
  functionName: string,
  logitsMV: Tensor2D,
  targetsM: Tensor1D,
): [meanLoss: Scalar, loss: Tensor1D, logSumExp: Tensor1D] {
  checkTensor(functionName, 'logitsMV', logitsMV, 'float32', 2);
  checkTensor(functionName, 'targetsM', targetsM, 'int32', 1);
  if (logitsMV.shape[0] !== targetsM.shape[0] || logitsMV.size === 0) {
    throw new RangeError(
      `${functionName}: there must be one target for each row of logits, at least one, but got logits of shape [${logitsMV.shape.join(', ')}] and ${targetsM.shape[0]} targets`,
    );
  }
  registerCrossEntropy();
  const outputs = engine().runKernel<Tensor[]>(CROSS_ENTROPY, { logits: logitsMV, targets: targetsM });
  return outputs as [Scalar, Tensor1D, Tensor1D];
}

function registerCrossEntropy(): void {
  registerOp(CROSS_ENTROPY, { cpu: crossEntropyCpu, wasm: crossEntropyWasm, webgpu: crossEntropyWebGpu });
  registerOp(CROSS_ENTROPY_GRAD, {
    cpu: crossEntropyGradCpu,
    wasm: crossEntropyGradWasm,
    webgpu: crossEntropyGradWebGpu,
  });
  registerGradientOnce(crossEntropyGradient);
}
