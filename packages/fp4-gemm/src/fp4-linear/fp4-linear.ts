import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix, checkSameSize } from '../check-operands.ts';
import { checkExactK } from '../exact-sum.ts';
import { runFp4MatMul } from '../fp4-matmul/fp4-matmul.ts';
import { checkQuantizeOptions } from '../fp4-quantize/check-options.ts';
import { fp4Quantize } from '../fp4-quantize/fp4-quantize.ts';
import type { Fp4QuantizeOptions } from '../fp4-quantize/options.ts';
import { disposeFp4 } from '../fp4-tensor.ts';
import { checkGradient } from '../gradient/check-options.ts';
import type { Fp4GradientOptions } from '../gradient/options.ts';
import { fp4BlockLinear } from './fp4-block-linear.ts';

/** Options of {@link fp4Linear}. */
export interface Fp4LinearOptions extends Fp4QuantizeOptions, Fp4GradientOptions {}

/**
 * Returns `Y = Q(X) · Q(W)ᵀ` `[M, N]` in FP4, differentiable straight through the quantizers (arXiv 1308.3432): dX = dY
 * · Q(W), dW = dYᵀ · Q(X) (W4A4 direct cast; arXiv 2501.17116, section 2). Kept for the backward pass: the packed codes
 * and scales.
 *
 * @param xMK - float32 activations `[M, K]`
 * @param wNK - float32 weights `[N, K]`
 * @param options - how both operands are quantized, and how the gradient is rounded; of the random bits, dX takes the seed
 *   and dW, X and W the next three
 * @throws as `fp4Quantize`, `fp4MatMul` and `fp4MatMulDx`
 */
export function fp4Linear(xMK: Tensor2D, wNK: Tensor2D, options: Fp4LinearOptions = {}): Tensor2D {
  checkFloatMatrix('fp4Linear', 'x', xMK);
  checkFloatMatrix('fp4Linear', 'w', wNK);
  checkSameSize('fp4Linear', 'columns of x', xMK.shape[1], 'columns of w', wNK.shape[1]);
  if (typeof options.granularity !== 'object') checkExactK('fp4Linear', xMK.shape[1]);
  const rounding = checkGradient('fp4Linear', options);
  checkQuantizeOptions('fp4Linear', options);
  const [xOptions, wOptions] = [seeded(options, 2), seeded(options, 3)];
  if (typeof options.granularity === 'object') {
    return fp4BlockLinear(xMK, wNK, xOptions, wOptions, rounding.gradient);
  }
  const x = fp4Quantize(xMK, xOptions);
  const w = fp4Quantize(wNK, wOptions);
  const y = runFp4MatMul('fp4Linear', x, w, { x: xMK, w: wNK }, rounding);
  disposeFp4(x);
  disposeFp4(w);
  return y;
}

/** The options of the quantizer of one operand, with its own seed. */
function seeded(
  { granularity, scale, rounding, seed }: Fp4LinearOptions,
  offset: number,
): Fp4QuantizeOptions {
  return {
    ...(granularity === undefined ? {} : { granularity }),
    ...(scale === undefined ? {} : { scale }),
    ...(rounding === undefined ? {} : { rounding }),
    ...(seed === undefined ? {} : { seed: (seed + offset) >>> 0 }),
  };
}
