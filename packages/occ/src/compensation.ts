/**
 * The precision of the operands of the sparse product, `compensate` (arXiv 2501.17116, appendix B, counts it in FP8 and
 * names no scales). Its products and sums are float32 either way.
 *
 * - `'f32'`: the residual and the weight as they are.
 * - `'e4m3'`: both rounded to FP8 (E4M3, ties to even) under power-of-two scales: one for each token's row of the residual
 *   and one for each output channel of the weight. The rounded values are kept in float32, which holds them and their
 *   products exactly (4-bit significands), so scales need not be applied afterwards.
 *
 * Why powers of two: E4M3 is a floating-point format, whose relative error (at most 2^-4 down to 2^-14 of the row's
 * largest) no finer scale improves; they are applied exactly, and nothing saturates. Why these axes: neither lies along
 * the sum of the forward product, as FP8 hardware wants it. The weight gradient takes the same residual, and the output
 * gradient as it is.
 */
export type Compensation = 'f32' | 'e4m3';

/** Throws a TypeError unless the compensation is known. */
export function checkCompensation(caller: string, compensation: Compensation): void {
  if (compensation !== 'f32' && compensation !== 'e4m3') {
    throw new TypeError(`${caller}: compensation must be f32 or e4m3, but got ${String(compensation)}`);
  }
}
