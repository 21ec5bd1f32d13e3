import { engine } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkTensor } from '../kernel/check-tensor.ts';
import { registerGradientOnce, registerOp } from '../kernel/register-op.ts';
import { rmsNormCpu, rmsNormGradCpu } from './cpu.ts';
import { rmsNormGradient } from './gradient.ts';
import { RMS_NORM, RMS_NORM_GRAD } from './kernel.ts';
import { rmsNormWasm, rmsNormGradWasm } from './wasm.ts';
import { rmsNormWebGpu, rmsNormGradWebGpu } from './webgpu.ts';

/**
 * RMSNorm with gain (arXiv 1910.07467): `y[m,d] = x[m,d] / sqrt(mean_d(x[m,d]²) + eps) · gain[d]`. Differentiable in
 * both.
 *
 * All sums are f32 with four interleaved partial sums, so that cpu and wasm agree bit for bit, and so does webgpu
 * where the device neither fuses nor approximates (Mesa lavapipe; not promised on hardware).
 *
 * @param xMD - float32 `[M, D]`
 * @param gainD - float32 `[D]`
 * @param eps - added to the mean square, at least 0
 * @returns float32 `[M, D]`
 * @throws RangeError when the shapes do not fit or eps is negative
 * @throws TypeError when a dtype is not float32
 */
export function rmsNorm(xMD: Tensor2D, gainD: Tensor1D, eps: number): Tensor2D {
  checkNormOperands('rmsNorm', xMD, gainD, eps);
  registerRmsNorm();
  return engine().tidy(
    () => engine().runKernel<Tensor[]>(RMS_NORM, { x: xMD, gain: gainD }, { eps })[0] as Tensor2D,
  );
}

/** Registers the kernels of RMSNorm and of its gradient. */
export function registerRmsNorm(): void {
  registerOp(RMS_NORM, { cpu: rmsNormCpu, wasm: rmsNormWasm, webgpu: rmsNormWebGpu });
  registerOp(RMS_NORM_GRAD, { cpu: rmsNormGradCpu, wasm: rmsNormGradWasm, webgpu: rmsNormGradWebGpu });
  registerGradientOnce(rmsNormGradient);
}

/** Throws unless x, gain and eps fit together. */
export function checkNormOperands(functionName: string, xMD: Tensor2D, gainD: Tensor1D, eps: number): void {
  checkTensor(functionName, 'xMD', xMD, 'float32', 2);
  checkTensor(functionName, 'gainD', gainD, 'float32', 1);
  if (xMD.shape[1] !== gainD.shape[0]) {
    throw new RangeError(
      `${functionName}: the gain must have one value per column of x, but got ${gainD.shape[0]} for ${xMD.shape[1]} columns`,
    );
  }
  if (!(eps >= 0)) throw new RangeError(`${functionName}: eps must be at least 0, but got ${eps}`);
}
