import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix, checkSameSize } from '../check-operands.ts';
import { checkExactK, runFp4MatMul } from '../fp4-matmul/fp4-matmul.ts';
import { fp4Quantize } from '../fp4-quantize/fp4-quantize.ts';
import type { Fp4QuantizeOptions } from '../fp4-quantize/options.ts';
import { disposeFp4 } from '../fp4-tensor.ts';

/**
 * Returns `Y = Q(X) · Q(W)ᵀ` `[M, N]` in FP4, differentiable straight through the quantizers: dX = dY · Q(W),
 * dW = dYᵀ · Q(X) (W4A4 direct cast; arXiv 2501.17116, section 2). Kept for the backward pass: the packed codes and scales.
 *
 * @param xMK - float32 activations `[M, K]`
 * @param wNK - float32 weights `[N, K]`
 * @param options - granularity of both operands
 * @throws as `fp4Quantize` and `fp4MatMul`
 */
export function fp4Linear(xMK: Tensor2D, wNK: Tensor2D, options: Fp4QuantizeOptions = {}): Tensor2D {
  checkFloatMatrix('fp4Linear', 'x', xMK);
  checkFloatMatrix('fp4Linear', 'w', wNK);
  checkSameSize('fp4Linear', 'columns of x', xMK.shape[1], 'columns of w', wNK.shape[1]);
  checkExactK('fp4Linear', xMK.shape[1]);
  const x = fp4Quantize(xMK, options);
  const w = fp4Quantize(wNK, options);
  const y = runFp4MatMul('fp4Linear', x, w, { x: xMK, w: wNK });
  disposeFp4(x);
  disposeFp4(w);
  return y;
}
