import { engine } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkTensor } from '../kernel/check-tensor.ts';
import { registerGradientOnce, registerOp } from '../kernel/register-op.ts';
import { residualRmsNormCpu } from './cpu.ts';
import { residualRmsNormGradient } from './gradient.ts';
import { RESIDUAL_RMS_NORM } from './kernel.ts';
import type { ResidualRmsNormAttrs } from './kernel.ts';
import { checkNormOperands, registerRmsNorm } from './rms-norm.ts';
import { residualRmsNormWasm } from './wasm.ts';
import { residualRmsNormWebGpu } from './webgpu.ts';

/**
 * Sum of the residual stream and what a layer adds to it, and the RMSNorm of that sum, in one pass; so is the gradient,
 * in which that of the sum is added. The bits are those of `residualAdd` and `rmsNorm`. Differentiable in all.
 *
 * @param xMD - float32 `[M, D]`
 * @param deltaMD - float32 `[M, D]`; null adds nothing: the sum is x
 * @param gainD - float32 `[D]`
 * @param eps - added to the mean square, at least 0
 * @returns the sum `[M, D]` and its norm `[M, D]`
 * @throws RangeError when the shapes do not fit or eps is negative
 * @throws TypeError when a dtype is not float32
 */
export function residualRmsNorm(
  xMD: Tensor2D,
  deltaMD: Tensor2D | null,
  gainD: Tensor1D,
  eps: number,
): [sumMD: Tensor2D, normedMD: Tensor2D] {
  return runResidualRmsNorm(xMD, deltaMD, gainD, { eps, sumGoesOn: true });
}

/**
 * The RMSNorm of a sum that is used no further: the norm of {@link residualRmsNorm}, whose gradient needs none of the sum.
 */
export function normOfSum(xMD: Tensor2D, deltaMD: Tensor2D | null, gainD: Tensor1D, eps: number): Tensor2D {
  return engine().tidy(() => runResidualRmsNorm(xMD, deltaMD, gainD, { eps, sumGoesOn: false })[1]);
}

function runResidualRmsNorm(
  xMD: Tensor2D,
  deltaMD: Tensor2D | null,
  gainD: Tensor1D,
  attrs: ResidualRmsNormAttrs,
): [sumMD: Tensor2D, normedMD: Tensor2D] {
  checkNormOperands('residualRmsNorm', xMD, gainD, attrs.eps);
  if (deltaMD !== null) {
    checkTensor('residualRmsNorm', 'deltaMD', deltaMD, 'float32', 2);
    if (xMD.shape.join() !== deltaMD.shape.join()) {
      throw new RangeError(
        `residualRmsNorm: both tensors must have the same shape, but got [${xMD.shape.join(', ')}] and [${deltaMD.shape.join(', ')}]`,
      );
    }
  }
  registerRmsNorm();
  registerOp(RESIDUAL_RMS_NORM, {
    cpu: residualRmsNormCpu,
    wasm: residualRmsNormWasm,
    webgpu: residualRmsNormWebGpu,
  });
  registerGradientOnce(residualRmsNormGradient);
  const inputs = { x: xMD, gain: gainD, ...(deltaMD === null ? {} : { delta: deltaMD }) };
  return engine().tidy(() => {
    const [sum, normed] = engine().runKernel<Tensor2D[]>(RESIDUAL_RMS_NORM, inputs, attrs);
    return [sum!, normed!];
  });
}
