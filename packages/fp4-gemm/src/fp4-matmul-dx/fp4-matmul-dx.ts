import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix, checkFp4, checkSameSize } from '../check-operands.ts';
import { fp4BlockMatMulDx } from '../fp4-block-matmul-dx/fp4-block-matmul-dx.ts';
import { isBlockScaled } from '../fp4-tensor.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import { checkGradient, checkSummedLength } from '../gradient/check-options.ts';
import type { Fp4GradientOptions } from '../gradient/options.ts';
import { FP4_MATMUL_DX } from './kernel-name.ts';
import { registerFp4MatMulDx } from './register.ts';

/**
 * Returns the product `dX = dY · W_q` of the backward pass, float32 `[M, K]`:
 * `dX[m, k] = Σ_n dY[m, n] · value(w[n, k]) · sw[n]`.
 *
 * The scales are multiplied into dY, which is then rounded to integers as `gradient` says: by default to fixed point of 24
 * bits with one unit per row of the result. The product of these with the doubled E2M1 values is summed exactly and rounded
 * once or twice, so every backend and kernel variant gives the same bits, on any GPU. No decoded or transposed copy of the
 * operands exists on wasm and webgpu. Not differentiable.
 *
 * A row of the result is NaN where its row of the rounded gradient is not finite.
 *
 * Scales of blocks vary along the result and cannot be multiplied into dY: such codes are decoded to float32(value ·
 * scale), and products and sums follow with the bits and the error bound of `f32MatMul`, for the gradient `'f32'` only.
 *
 * @param dyMN - float32 gradient `[M, N]`
 * @param wNK - weights `[N, K]`
 * @param options - how dY is rounded, and the seed of its random bits
 * @throws TypeError when dy is not float32, or the format is unknown or, with an operand scaled by blocks, not `'f32'`;
 *   RangeError when dy is no matrix or does not fit, the sum is longer than 116,508, or the seed is missing or no
 *   integer of 32 bits
 */
export function fp4MatMulDx(dyMN: Tensor2D, wNK: Fp4Tensor, options: Fp4GradientOptions = {}): Tensor2D {
  checkFloatMatrix('fp4MatMulDx', 'dy', dyMN);
  checkFp4('fp4MatMulDx', 'w', wNK);
  checkSameSize('fp4MatMulDx', 'columns of dy', dyMN.shape[1], 'rows of w', wNK.rows);
  checkSummedLength('fp4MatMulDx', 'columns of dy', wNK.rows);
  const gradient = checkGradient('fp4MatMulDx', options);
  if (isBlockScaled(wNK)) return fp4BlockMatMulDx('fp4MatMulDx', dyMN, wNK, gradient.gradient);
  registerFp4MatMulDx();
  const { codes, scales, cols } = wNK;
  return engine().runKernel(FP4_MATMUL_DX, { dy: dyMN, codes, scales }, { cols, ...gradient }) as Tensor2D;
}
