import type { FoldedGradient } from './integer-rows.ts';

/** Which gradient product: dX = dY · W_q, or dW = dYᵀ · X_q. */
export type GradientProduct = 'dx' | 'dw';

/**
 * Multiplies each element of dY `[m, n]` with the scale of the FP4 operand's row that it meets in the product, rounded
 * to float32, and lays the result out with the sum contiguous: `[m, n]` for dX, `[n, m]` for dW.
 *
 * @param scales - one per row of the FP4 operand, or one in all
 */
export function foldScales(
  dy: Float32Array,
  m: number,
  n: number,
  scales: Float32Array,
  product: GradientProduct,
): FoldedGradient {
  const [rows, steps] = product === 'dx' ? [m, n] : [n, m];
  const [rowStride, stepStride] = product === 'dx' ? [n, 1] : [1, n];
  const values = new Float32Array(m * n);
  for (let k = 0; k < steps; k++) {
    const scale = scales[scales.length === 1 ? 0 : k]!;
    for (let r = 0; r < rows; r++) values[r * steps + k] = dy[r * rowStride + k * stepStride]! * scale;
  }
  return { rows, steps, values, rowStride, stepStride };
}
