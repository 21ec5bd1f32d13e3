/**
 * Returns the mean.
 *
 * @throws RangeError when there are no values.
 */
export function mean(values: readonly number[]): number {
  requireValues('mean', values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Returns the sample covariance, divided by n − 1; NaN for fewer than two values. */
export function covariance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) {
    throw new RangeError(`covariance: both must have the same length, but got ${a.length} and ${b.length}`);
  }
  const [meanA, meanB] = [mean(a), mean(b)];
  return a.reduce((sum, value, i) => sum + (value - meanA) * (b[i]! - meanB), 0) / (a.length - 1);
}

/** Returns the sample standard deviation, divided by n − 1; NaN for fewer than two values. */
export function standardDeviation(values: readonly number[]): number {
  return Math.sqrt(covariance(values, values));
}

/**
 * Returns the q-quantile, interpolated between neighbours (type 7 of Hyndman and Fan); 0.5 is the median.
 *
 * @throws RangeError when there are no values.
 */
export function quantile(values: readonly number[], q: number): number {
  requireValues('quantile', values);
  const sorted = values.toSorted((a, b) => a - b);
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

function requireValues(name: string, values: readonly number[]): void {
  if (values.length === 0)
    throw new RangeError(`${name}: values must hold at least one number, but got none`);
}
