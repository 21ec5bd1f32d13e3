import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkBlockGradient } from '../fp4-block-matmul/check-gradient.ts';
import { blockAttributes, fp4Inputs } from '../fp4-attributes.ts';
import type { Fp4BlockScaled } from '../fp4-tensor.ts';
import type { GradientFormat } from '../gradient/options.ts';
import { FP4_BLOCK_MATMUL_DW } from './kernel-name.ts';
import { registerFp4BlockMatMulDw } from './register.ts';

/**
 * `dW = dYᵀ · X_q`, float32 `[N, K]`, where X is scaled by blocks: what `fp4MatMulDw` does with such activations. Operands
 * are checked already.
 *
 * @throws TypeError for another gradient than `'f32'`: a scale that varies along the result cannot be multiplied into dY
 */
export function fp4BlockMatMulDw(
  caller: string,
  dyMN: Tensor2D,
  xMK: Fp4BlockScaled,
  gradient: GradientFormat,
): Tensor2D {
  checkBlockGradient(caller, gradient);
  registerFp4BlockMatMulDw();
  const inputs = { dy: dyMN, ...fp4Inputs(xMK) };
  return engine().runKernel(FP4_BLOCK_MATMUL_DW, inputs, { ...blockAttributes(xMK) }) as Tensor2D;
}
