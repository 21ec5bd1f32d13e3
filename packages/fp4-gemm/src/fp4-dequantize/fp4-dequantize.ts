import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFp4 } from '../check-operands.ts';
import { blockAttributes, fp4Inputs } from '../fp4-attributes.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import { FP4_DEQUANTIZE } from './kernel-name.ts';
import { registerFp4Dequantize } from './register.ts';

/**
 * Returns `RN(value(code) * scale)` for every code, float32 `[rows, cols]`, the same bits on every backend. For
 * debugging, tests and export: the matrix products decode in registers and never need it. Not differentiable.
 *
 * @throws RangeError when codes or scales do not fit the shape, a block is no multiple of 8, or there is a tensor scale
 *   beside scales that take none, or the other way round
 */
export function fp4Dequantize(tensor: Fp4Tensor): Tensor2D {
  checkFp4('fp4Dequantize', 'tensor', tensor);
  registerFp4Dequantize();
  return engine().runKernel(FP4_DEQUANTIZE, fp4Inputs(tensor), { ...blockAttributes(tensor) }) as Tensor2D;
}
