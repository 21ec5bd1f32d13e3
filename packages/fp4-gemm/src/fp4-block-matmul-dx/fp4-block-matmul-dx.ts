import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkBlockGradient } from '../fp4-block-matmul/check-gradient.ts';
import { blockAttributes, fp4Inputs } from '../fp4-attributes.ts';
import type { Fp4BlockScaled } from '../fp4-tensor.ts';
import type { GradientFormat } from '../gradient/options.ts';
import { FP4_BLOCK_MATMUL_DX } from './kernel-name.ts';
import { registerFp4BlockMatMulDx } from './register.ts';

/**
 * `dX = dY · W_q`, float32 `[M, K]`, where W is scaled by blocks: what `fp4MatMulDx` does with such weights. Operands are
 * checked already.
 *
 * @throws TypeError for another gradient than `'f32'`: a scale that varies along the result cannot be multiplied into dY
 */
export function fp4BlockMatMulDx(
  caller: string,
  dyMN: Tensor2D,
  wNK: Fp4BlockScaled,
  gradient: GradientFormat,
): Tensor2D {
  checkBlockGradient(caller, gradient);
  registerFp4BlockMatMulDx();
  const inputs = { dy: dyMN, ...fp4Inputs(wNK) };
  return engine().runKernel(FP4_BLOCK_MATMUL_DX, inputs, { ...blockAttributes(wNK) }) as Tensor2D;
}
