import { doubledValues } from '../doubled-values.ts';
import type { Fp4Array } from '../fp4-array.ts';
import { roundToE5m2 } from './e5m2.ts';
import { fixedPointRows } from './fixed-point.ts';
import { foldScales } from './fold.ts';
import type { GradientProduct } from './fold.ts';
import { stochasticInt8Rows } from './int8.ts';
import { integerProduct } from './integer-product.ts';
import type { IntegerRows } from './integer-rows.ts';
import { stochasticNvfp4Rows } from './nvfp4.ts';
import type { GradientAttrs } from './options.ts';

/**
 * The definition of `Fp4MatMulDx` (`'dx'`: dY · W_q) and `Fp4MatMulDw` (`'dw'`: dYᵀ · X_q): the gradient, with the scales of
 * the FP4 operand's rows multiplied in, is rounded to integers row by row of the product, and the product of these with
 * the doubled E2M1 values is an exact integer. So the bits depend neither on an order of summation nor on how a
 * processor rounds.
 *
 * @param dy - `[m, n]`
 * @param fp4 - `[n, cols]` for dX, `[m, cols]` for dW
 */
export function gradientProductReference(
  dy: Float32Array,
  m: number,
  n: number,
  fp4: Fp4Array,
  product: GradientProduct,
  attrs: GradientAttrs,
): Float32Array {
  const rows = gradientRows(dy, m, n, fp4.scales, product, attrs);
  return integerProduct(rows, doubledValues(fp4, attrs.cols), attrs.cols);
}

/** The left operand of the product, for each format. */
function gradientRows(
  dy: Float32Array,
  m: number,
  n: number,
  scales: Float32Array,
  product: GradientProduct,
  { gradient, seed }: Pick<GradientAttrs, 'gradient' | 'seed'>,
): IntegerRows {
  const folded = foldScales(gradient === 'e5m2' ? roundToE5m2(dy) : dy, m, n, scales, product);
  switch (gradient) {
    case 'f32':
    case 'e5m2':
      return fixedPointRows(folded);
    case 'int8':
      return stochasticInt8Rows(folded, seed);
    case 'nvfp4':
      return stochasticNvfp4Rows(folded, seed);
  }
}
