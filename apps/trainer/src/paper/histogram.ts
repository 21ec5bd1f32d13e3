/** Counts of values in equal bins. */
export interface Histogram {
  /** Middle of each bin. */
  readonly centers: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Counts values in bins of equal width, symmetric about zero, the middle one centred on it. Values beyond the ends count
 * in the outermost bins.
 *
 * @param reach - The outer edge on either side, above 0.
 * @param bins - An odd number.
 * @throws RangeError when `bins` is even or not positive, or `reach` is not above 0.
 */
export function histogramOf(values: Float32Array, reach: number, bins: number): Histogram {
  if (!Number.isInteger(bins) || bins < 1 || bins % 2 === 0) {
    throw new RangeError(`histogramOf: bins must be an odd positive number, but got ${bins}`);
  }
  if (!(reach > 0)) throw new RangeError(`histogramOf: reach must be above 0, but got ${reach}`);
  const width = (2 * reach) / bins;
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const bin = Math.floor((value + reach) / width);
    counts[Math.min(bins - 1, Math.max(0, bin))]!++;
  }
  const middle = (bins - 1) / 2;
  return { centers: counts.map((_, bin) => (bin - middle) * width), counts };
}
