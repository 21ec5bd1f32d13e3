import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix, checkFp4, checkSameSize } from '../check-operands.ts';
import { checkBlockGradient } from '../fp4-block-matmul/check-gradient.ts';
import { fp4MatMulDw } from '../fp4-matmul-dw/fp4-matmul-dw.ts';
import { fp4MatMulDx } from '../fp4-matmul-dx/fp4-matmul-dx.ts';
import { isBlockScaled } from '../fp4-tensor.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import { checkGradient, checkSummedLength } from '../gradient/check-options.ts';
import { FP4_MATMUL_BACKWARD } from './kernel-name.ts';
import type { Fp4BackwardOptions } from './options.ts';
import { registerFp4MatMulBackward } from './register.ts';

/**
 * Returns both products of the backward pass of `Y = X · Wᵀ`: `dX = dY · W_q`, float32 `[M, K]`, and `dW = dYᵀ · X_q`,
 * float32 `[N, K]`, with the bits of `fp4MatMulDx` and `fp4MatMulDw`. On webgpu dY is prepared for both at once, in one
 * dispatch with `'f32'` and in two with the other formats. Not differentiable.
 *
 * @param dyMN - float32 gradient `[M, N]`
 * @param wNK - weights `[N, K]`
 * @param xMK - activations `[M, K]`
 * @param options - how dY is rounded, and the seeds of its random bits in each product
 * @throws TypeError when dy is not float32 or the format is unknown or not to be had with operands scaled by blocks;
 *   RangeError when dy is no matrix or does not fit, a sum is longer than 116,508, or a seed is missing or no integer
 *   of 32 bits
 */
export function fp4MatMulBackward(
  dyMN: Tensor2D,
  wNK: Fp4Tensor,
  xMK: Fp4Tensor,
  options: Fp4BackwardOptions = {},
): {
  /** float32 `[M, K]`, the gradient of the activations. */
  dx: Tensor2D;
  /** float32 `[N, K]`, the gradient of the weights. */
  dw: Tensor2D;
} {
  const caller = 'fp4MatMulBackward';
  checkFloatMatrix(caller, 'dy', dyMN);
  checkFp4(caller, 'w', wNK);
  checkFp4(caller, 'x', xMK);
  checkSameSize(caller, 'columns of dy', dyMN.shape[1], 'rows of w', wNK.rows);
  checkSameSize(caller, 'rows of dy', dyMN.shape[0], 'rows of x', xMK.rows);
  checkSameSize(caller, 'columns of w', wNK.cols, 'columns of x', xMK.cols);
  checkSummedLength(caller, 'columns of dy', wNK.rows);
  checkSummedLength(caller, 'rows of dy', xMK.rows);
  const { gradient, seed: seedDx } = checkGradient(caller, optionsOf(options, 'seedDx'), 'seedDx');
  const { seed: seedDw } = checkGradient(caller, optionsOf(options, 'seedDw'), 'seedDw');
  if (isBlockScaled(wNK) || isBlockScaled(xMK)) {
    checkBlockGradient(caller, gradient);
    return { dx: fp4MatMulDx(dyMN, wNK), dw: fp4MatMulDw(dyMN, xMK) };
  }
  registerFp4MatMulBackward();
  const [dx, dw] = engine().runKernel(
    FP4_MATMUL_BACKWARD,
    { dy: dyMN, wCodes: wNK.codes, wScales: wNK.scales, xCodes: xMK.codes, xScales: xMK.scales },
    { cols: wNK.cols, gradient, seedDx, seedDw },
  ) as Tensor2D[];
  return { dx: dx!, dw: dw! };
}

function optionsOf(
  { gradient, ...seeds }: Fp4BackwardOptions,
  name: 'seedDx' | 'seedDw',
): Parameters<typeof checkGradient>[1] {
  const seed = seeds[name];
  return { ...(gradient === undefined ? {} : { gradient }), ...(seed === undefined ? {} : { seed }) };
}
