import type { MetricsRecord } from '../run/metrics-lines.ts';

/** A point of a curve: x, y. */
export type Point = readonly [x: number, y: number];

/** The curves of one run. */
export interface RunCurves {
  /** The run, for the legend. */
  name: string;
  /** Training loss in nats per token. */
  loss: readonly Point[];
  /** Learning rate. */
  learningRate: readonly Point[];
  /** Global gradient norm before clipping. */
  gradNorm: readonly Point[];
  /** Tokens per second. */
  tokensPerSecond: readonly Point[];
  /** Validation loss in nats per token. */
  valLoss: readonly Point[];
}

/**
 * Returns the curves in the metrics of a run; x is the step. Lines without a number of that name are passed over, as
 * a step has no validation loss; so are lines that sum up others.
 *
 * @param name - The run, for the legend.
 * @param records - The lines of `metrics.jsonl`.
 */
export function curvesOf(name: string, records: readonly MetricsRecord[]): RunCurves {
  const points = (key: string): Point[] =>
    records.flatMap((record) => {
      const { type, step, [key]: value } = record;
      if (type !== undefined && type !== 'step' && type !== 'evaluation') return [];
      return typeof step === 'number' && typeof value === 'number' ? [[step, value] as const] : [];
    });
  return {
    name,
    loss: points('loss'),
    learningRate: points('learningRate'),
    gradNorm: points('gradNorm'),
    tokensPerSecond: points('tokensPerSecond'),
    valLoss: points('valLoss'),
  };
}

/**
 * Returns the centred moving average of a curve: no lag where the curve falls fast, as a running average would have.
 * Near the start the window shrinks on both sides, since that is where a loss is steep; at the end only in front, so
 * that the line does not run into the noise of the last point.
 *
 * @param points - The curve.
 * @param radius - Points on either side of each that are averaged with it.
 */
export function smooth(points: readonly Point[], radius: number): Point[] {
  const sums = [0];
  for (const [, y] of points) sums.push(sums.at(-1)! + y);
  return points.map(([x], i) => {
    const before = Math.min(radius, i);
    const after = Math.min(before, points.length - 1 - i);
    return [x, (sums[i + after + 1]! - sums[i - before]!) / (before + 1 + after)];
  });
}

/**
 * Returns at most about `2 · buckets` points that draw the same line: the lowest and the highest of each bucket, in
 * order, with the first and the last. A run of a million steps stays a page of a few kilobytes and no spike is lost.
 *
 * @param points - The curve, x rising.
 * @param buckets - Columns that can be told apart.
 */
export function thin(points: readonly Point[], buckets: number): Point[] {
  if (points.length <= 2 * buckets) return [...points];
  const kept = new Set<number>([0, points.length - 1]);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * points.length) / buckets);
    const to = Math.floor(((bucket + 1) * points.length) / buckets);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if (points[i]![1] < points[low]![1]) low = i;
      if (points[i]![1] > points[high]![1]) high = i;
    }
    kept.add(low).add(high);
  }
  return [...kept].toSorted((a, b) => a - b).map((i) => points[i]!);
}
