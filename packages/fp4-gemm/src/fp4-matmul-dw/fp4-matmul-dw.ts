import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix, checkFp4, checkSameSize } from '../check-operands.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import { FP4_MATMUL_DW } from './kernel-name.ts';
import { registerFp4MatMulDw } from './register.ts';

/**
 * Returns the product `dW = dYᵀ · X_q` of the backward pass, float32 `[N, K]`:
 * `dW[n, k] = Σ_m dY[m, n] · value(x[m, k]) · sx[m]`.
 *
 * Each code is decoded to value · scale, rounded to float32, panel by panel in cache or registers; no decoded or
 * transposed copy exists on wasm and webgpu. Products and sums follow, with the bits and the error bound of `f32MatMul`.
 * Not differentiable.
 *
 * @param dyMN - float32 gradient `[M, N]`
 * @param xMK - activations `[M, K]`
 * @throws TypeError when dy is not float32; RangeError when it is no matrix or does not fit
 */
export function fp4MatMulDw(dyMN: Tensor2D, xMK: Fp4Tensor): Tensor2D {
  checkFloatMatrix('fp4MatMulDw', 'dy', dyMN);
  checkFp4('fp4MatMulDw', 'x', xMK);
  checkSameSize('fp4MatMulDw', 'rows of dy', dyMN.shape[0], 'rows of x', xMK.rows);
  registerFp4MatMulDw();
  const { codes, scales, cols } = xMK;
  return engine().runKernel(FP4_MATMUL_DW, { dy: dyMN, codes, scales }, { cols }) as Tensor2D;
}
