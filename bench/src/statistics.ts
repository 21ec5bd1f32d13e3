/** Extremes and median of samples. */
export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/**
 * Summarizes at least one sample. The median of an even number is the mean of the middle two.
 *
 * @throws RangeError when there are no samples
 */
export function summarize(samples: readonly number[]): Summary {
  if (samples.length === 0)
    throw new RangeError('summarize: there must be at least one sample, but got none');
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { min: sorted[0]!, median, max: sorted.at(-1)! };
}

/**
 * The median of `a[i] / b[i]` over the rounds that both have.
 *
 * @throws RangeError when there is no such round
 */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return summarize(b.slice(0, a.length).map((value, i) => a[i]! / value)).median;
}
