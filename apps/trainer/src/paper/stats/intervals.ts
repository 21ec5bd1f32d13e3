import { studentQuantile } from '@nibble-ml/scaling-law';
import { covariance, mean } from './sample-moments.ts';

/** An estimate and where the truth lies with 95 % confidence. */
export interface Interval {
  readonly estimate: number;
  /** The interval; null where the values do not bound it. */
  readonly range: readonly [low: number, high: number] | null;
  /** Values that it rests on. */
  readonly count: number;
}

const TWO_SIDED_95 = 0.975;

/**
 * Returns the mean of a few values with its 95 % confidence interval by Student's t distribution. For pairs, give their
 * differences. One value has no interval.
 *
 * @throws RangeError when there are no values.
 */
export function meanInterval(values: readonly number[]): Interval {
  const [estimate, count] = [mean(values), values.length];
  if (count < 2) return { estimate, range: null, count };
  const error = Math.sqrt(covariance(values, values) / count);
  const reach = studentQuantile(TWO_SIDED_95, count - 1) * error;
  return { estimate, range: [estimate - reach, estimate + reach], count };
}

/**
 * Returns mean(numerators) / mean(denominators) of pairs with its 95 % confidence interval after Fieller (1954). There
 * is none where the denominators' mean cannot be told from zero: any ratio would then do.
 *
 * @throws RangeError when the lengths differ or are 0.
 */
export function ratioInterval(numerators: readonly number[], denominators: readonly number[]): Interval {
  const [a, b, count] = [mean(numerators), mean(denominators), numerators.length];
  const estimate = a / b;
  if (count < 2) return { estimate, range: null, count };
  const share = studentQuantile(TWO_SIDED_95, count - 1) ** 2 / count;
  // All r with (a − r b)² ≤ t² Var(a − r b): a parabola in r, below zero between its roots.
  const square = b * b - share * covariance(denominators, denominators);
  const linear = a * b - share * covariance(numerators, denominators);
  const constant = a * a - share * covariance(numerators, numerators);
  const discriminant = linear * linear - square * constant;
  if (square <= 0 || discriminant < 0) return { estimate, range: null, count };
  const root = Math.sqrt(discriminant);
  return { estimate, range: [(linear - root) / square, (linear + root) / square], count };
}
