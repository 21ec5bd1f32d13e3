import { normalCdf, normalQuantile } from '../statistics/normal.ts';

/** An interval. */
export type Interval = readonly [low: number, high: number];

/** The central interval that holds a share of the values, by linear interpolation between order statistics. */
export function percentileInterval(values: readonly number[], confidence: number): Interval {
  const sorted = Float64Array.from(values).toSorted();
  return [quantile(sorted, (1 - confidence) / 2), quantile(sorted, (1 + confidence) / 2)];
}

/**
 * The bias-corrected and accelerated interval (Efron 1987): percentiles whose levels are moved by how far the estimate
 * is from the median of the resamples, and by how its standard error changes with it, from the jackknife.
 *
 * @param values - The estimate in each resample.
 * @param estimate - The estimate from all data.
 * @param jackknife - The estimate without each cluster.
 */
export function bcaInterval(
  values: readonly number[],
  estimate: number,
  jackknife: readonly number[],
  confidence: number,
): Interval {
  const sorted = Float64Array.from(values).toSorted();
  const below = sorted.reduce((count, value) => count + (value < estimate ? 1 : value === estimate ? 0.5 : 0), 0);
  // One resample at least on either side, else the correction would be infinite.
  const share = Math.min(Math.max(below / sorted.length, 1 / (sorted.length + 1)), 1 - 1 / (sorted.length + 1));
  const bias = normalQuantile(share);
  const acceleration = accelerationOf(jackknife);
  const level = (probability: number): number => {
    const z = bias + normalQuantile(probability);
    return normalCdf(bias + z / (1 - acceleration * z));
  };
  return [quantile(sorted, level((1 - confidence) / 2)), quantile(sorted, level((1 + confidence) / 2))];
}

function accelerationOf(jackknife: readonly number[]): number {
  const mean = jackknife.reduce((sum, value) => sum + value, 0) / jackknife.length;
  let squares = 0;
  let cubes = 0;
  for (const value of jackknife) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! * (1 - (position - below)) + sorted[above]! * (position - below);
}
