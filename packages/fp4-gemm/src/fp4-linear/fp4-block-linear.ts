import { customGrad } from '@tensorflow/tfjs-core';
import type { GradSaveFunc, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { fp4BlockMatMulDw } from '../fp4-block-matmul-dw/fp4-block-matmul-dw.ts';
import { fp4BlockMatMulDx } from '../fp4-block-matmul-dx/fp4-block-matmul-dx.ts';
import { checkBlockGradient } from '../fp4-block-matmul/check-gradient.ts';
import { fp4BlockMatMul } from '../fp4-block-matmul/fp4-block-matmul.ts';
import { fp4Inputs, withTensors } from '../fp4-attributes.ts';
import { fp4Quantize } from '../fp4-quantize/fp4-quantize.ts';
import type { Fp4QuantizeOptions } from '../fp4-quantize/options.ts';
import { disposeFp4 } from '../fp4-tensor.ts';
import type { Fp4BlockScaled } from '../fp4-tensor.ts';
import type { GradientFormat } from '../gradient/options.ts';

/**
 * What `fp4Linear` does where operands are scaled by blocks. Saved for the backward pass are the codes and scales of both
 * operands, packed as they are; the number of tensors depends on the scale format, which registered gradients cannot
 * express.
 *
 * @throws as `fp4BlockMatMul` and `fp4BlockMatMulDx`
 */
export function fp4BlockLinear(
  xMK: Tensor2D,
  wNK: Tensor2D,
  xOptions: Fp4QuantizeOptions,
  wOptions: Fp4QuantizeOptions,
  gradient: GradientFormat,
): Tensor2D {
  checkBlockGradient('fp4Linear', gradient);
  const linear = customGrad((x, w, save) => {
    const xQuantized = fp4Quantize(x as Tensor2D, xOptions) as Fp4BlockScaled;
    const wQuantized = fp4Quantize(w as Tensor2D, wOptions) as Fp4BlockScaled;
    const value = fp4BlockMatMul('fp4Linear', xQuantized, wQuantized);
    const xTensors = Object.values(fp4Inputs(xQuantized));
    (save as GradSaveFunc)([...xTensors, ...Object.values(fp4Inputs(wQuantized))]);
    disposeFp4(xQuantized);
    disposeFp4(wQuantized);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const xSaved = withTensors(xQuantized, saved.slice(0, xTensors.length));
      const wSaved = withTensors(wQuantized, saved.slice(xTensors.length));
      return [
        fp4BlockMatMulDx('fp4Linear', dy as Tensor2D, wSaved, gradient),
        fp4BlockMatMulDw('fp4Linear', dy as Tensor2D, xSaved, gradient),
      ];
    };
    return { value, gradFunc };
  });
  return linear(xMK, wNK) as Tensor2D;
}
