import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix, checkFp4, checkSameSize } from '../check-operands.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import { FP4_MATMUL_DX } from './kernel-name.ts';
import { registerFp4MatMulDx } from './register.ts';

/**
 * Returns the product `dX = dY · W_q` of the backward pass, float32 `[M, K]`:
 * `dX[m, k] = Σ_n dY[m, n] · value(w[n, k]) · sw[n]`.
 *
 * Each code is decoded to value · scale, rounded to float32, panel by panel in cache or registers; no decoded or
 * transposed copy exists on wasm and webgpu. Products and sums follow, with the bits and the error bound of `f32MatMul`.
 * Not differentiable.
 *
 * @param dyMN - float32 gradient `[M, N]`
 * @param wNK - weights `[N, K]`
 * @throws TypeError when dy is not float32; RangeError when it is no matrix or does not fit
 */
export function fp4MatMulDx(dyMN: Tensor2D, wNK: Fp4Tensor): Tensor2D {
  checkFloatMatrix('fp4MatMulDx', 'dy', dyMN);
  checkFp4('fp4MatMulDx', 'w', wNK);
  checkSameSize('fp4MatMulDx', 'columns of dy', dyMN.shape[1], 'rows of w', wNK.rows);
  registerFp4MatMulDx();
  const { codes, scales, cols } = wNK;
  return engine().runKernel(FP4_MATMUL_DX, { dy: dyMN, codes, scales }, { cols }) as Tensor2D;
}
