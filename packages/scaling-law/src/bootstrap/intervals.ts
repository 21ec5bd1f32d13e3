import { normalCdf, normalQuantile } from '../statistics/normal.ts';
import { studentQuantile } from '../statistics/student-t.ts';

/** An interval. */
export type Interval = readonly [low: number, high: number];

/**
 * The confidence at which percentiles of a bootstrap of few clusters hold the truth as often as asked for: that of
 * Student's quantile with a degree of freedom less than there are clusters, in place of the normal one (Hesterberg
 * 2015, The American Statistician 69, Section 4.3.1). Drawing clusters with replacement, like dividing by n in place
 * of n − 1, makes intervals of few too narrow.
 */
export function expandedConfidence(confidence: number, clusters: number): number {
  if (clusters < 2) return confidence;
  return 2 * normalCdf(studentQuantile((1 + confidence) / 2, Math.round(clusters) - 1)) - 1;
}

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
  const below = sorted.reduce(
    (count, value) => count + (value < estimate ? 1 : value === estimate ? 0.5 : 0),
    0,
  );
  // One resample at least on either side, else the correction would be infinite.
  const share = Math.min(
    Math.max(below / sorted.length, 1 / (sorted.length + 1)),
    1 - 1 / (sorted.length + 1),
  );
  const bias = normalQuantile(share);
  const acceleration = accelerationOf(jackknife);
  const level = (probability: number): number => {
    const z = bias + normalQuantile(probability);
    const room = 1 - acceleration * z;
    // Where one cluster decides the estimate the level runs past the end of the resamples.
    return room > 0 ? normalCdf(bias + z / room) : z > 0 ? 1 : 0;
  };
  return [quantile(sorted, level((1 - confidence) / 2)), quantile(sorted, level((1 + confidence) / 2))];
}

/**
 * How many of the clusters decide an estimate: all where they have like parts in its variance, few where some have most
 * of it, as a handful of high-precision runs beside many quantized ones. `3 (Σu)²/Σu²` with `u` the squared changes of
 * the jackknife, at most their number; the 3 is what makes it that number where the changes are normal.
 */
export function effectiveClusters(jackknife: readonly number[]): number {
  const squares = relativeChanges(jackknife).map((change) => change * change);
  const sum = squares.reduce((total, square) => total + square, 0);
  const fourth = squares.reduce((total, square) => total + square * square, 0);
  return fourth === 0 ? jackknife.length : Math.min(jackknife.length, (3 * sum * sum) / fourth);
}

function accelerationOf(jackknife: readonly number[]): number {
  let squares = 0;
  let cubes = 0;
  for (const change of relativeChanges(jackknife)) {
    squares += change ** 2;
    cubes -= change ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** Changes from the mean over the largest: a coefficient may be so large that its squares overflow. */
function relativeChanges(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const changes = values.map((value) => value - mean);
  const largest = Math.max(...changes.map(Math.abs));
  return largest > 0 ? changes.map((change) => change / largest) : changes;
}

function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  // Between equal values exactly theirs.
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
