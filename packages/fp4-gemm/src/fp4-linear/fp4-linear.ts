import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix, checkSameSize } from '../check-operands.ts';
import { checkExactK } from '../exact-sum.ts';
import { runFp4MatMul } from '../fp4-matmul/fp4-matmul.ts';
import { fp4Quantize } from '../fp4-quantize/fp4-quantize.ts';
import type { Fp4QuantizeOptions } from '../fp4-quantize/options.ts';
import { disposeFp4 } from '../fp4-tensor.ts';
import { checkGradient } from '../gradient/check-options.ts';
import type { Fp4GradientOptions } from '../gradient/options.ts';

/** Options of {@link fp4Linear}. */
export interface Fp4LinearOptions extends Fp4QuantizeOptions, Fp4GradientOptions {}

/**
 * Returns `Y = Q(X) · Q(W)ᵀ` `[M, N]` in FP4, differentiable straight through the quantizers: dX = dY · Q(W),
 * dW = dYᵀ · Q(X) (W4A4 direct cast; arXiv 2501.17116, section 2). Kept for the backward pass: the packed codes and scales.
 *
 * @param xMK - float32 activations `[M, K]`
 * @param wNK - float32 weights `[N, K]`
 * @param options - granularity of both operands; how the gradient is rounded, and the seed of its random bits (dW takes the
 *   next one)
 * @throws as `fp4Quantize`, `fp4MatMul` and `fp4MatMulDx`
 */
export function fp4Linear(xMK: Tensor2D, wNK: Tensor2D, options: Fp4LinearOptions = {}): Tensor2D {
  checkFloatMatrix('fp4Linear', 'x', xMK);
  checkFloatMatrix('fp4Linear', 'w', wNK);
  checkSameSize('fp4Linear', 'columns of x', xMK.shape[1], 'columns of w', wNK.shape[1]);
  checkExactK('fp4Linear', xMK.shape[1]);
  const rounding = checkGradient('fp4Linear', options);
  const { gradient: _gradient, seed: _seed, ...quantization } = options;
  const x = fp4Quantize(xMK, quantization);
  const w = fp4Quantize(wNK, quantization);
  const y = runFp4MatMul('fp4Linear', x, w, { x: xMK, w: wNK }, rounding);
  disposeFp4(x);
  disposeFp4(w);
  return y;
}
