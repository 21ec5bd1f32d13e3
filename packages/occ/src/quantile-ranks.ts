/** Which elements of an ascending row are the clamp thresholds, counted from 0. */
export interface QuantileRanks {
  /** floor((1 - alpha) · size): the element at this rank is the lower threshold. */
  readonly lower: number;
  /** min(size - 1, floor(alpha · size)): the element at this rank is the upper threshold. */
  readonly upper: number;
}

/**
 * Returns the ranks of the two-sided quantile: `lower = sorted[floor((1 - alpha)·n)]`, `upper = sorted[floor(alpha·n)]`
 * of a row of n elements sorted ascending, the second rank at most n - 1. These are elements of the row, never
 * interpolated (MS-AMP `fp4_quantize.py`; arXiv 2501.17116, equation 9, leaves the definition open).
 *
 * A product that float64 rounding moved off an integer counts as that integer: alpha 0.9 of 10 gives ranks 1 and 9.
 *
 * @param alpha - In (0.5, 1]; 1 clamps nothing.
 * @param size - Elements in a row, a non-negative integer.
 * @throws RangeError if alpha is out of range.
 */
export function quantileRanks(alpha: number, size: number): QuantileRanks {
  checkAlpha('quantileRanks', alpha);
  return {
    lower: Math.min(Math.max(0, size - 1), floorOfProduct(1 - alpha, size)),
    upper: Math.max(0, Math.min(size - 1, floorOfProduct(alpha, size))),
  };
}

/**
 * Returns the most elements of a row that can lie outside its thresholds, which is the width of the sparse residual:
 * those below the lower and above the upper rank. 2 for alpha = 0.99 and 128 columns; 0 where a row is too short for
 * alpha to cut anything.
 *
 * @throws RangeError if alpha is not in (0.5, 1].
 */
export function residualWidth(alpha: number, size: number): number {
  const { lower, upper } = quantileRanks(alpha, size);
  return lower + Math.max(0, size - 1 - upper);
}

/** Throws a RangeError unless alpha is in (0.5, 1]. */
export function checkAlpha(caller: string, alpha: number): void {
  if (!(alpha > 0.5 && alpha <= 1)) {
    throw new RangeError(
      `${caller}: alpha must be above 0.5 and at most 1, but got ${alpha}; the paper's is 0.99`,
    );
  }
}

function floorOfProduct(fraction: number, size: number): number {
  const product = fraction * size;
  const nearest = Math.round(product);
  // alpha, 1 - alpha and the product are each off by at most half an ulp of a number up to 1, 1 and size.
  return Math.abs(product - nearest) <= size * 2 ** -51 ? nearest : Math.floor(product);
}
