import type { Point } from '../../../src/report/curves.ts';

/** More columns than a screen has pixels cannot be told apart. */
const MOST_BUCKETS = 1400;
/** Share of the points on either side that is averaged, as in reports. */
const SMOOTHING = 0.02;

/** A curve that grows at its end. What is drawn of it takes time by the pixels, however many points there are. */
export class Curve {
  #points: Point[] = [];
  /** Sums of the first points, by how many they are. */
  #sums = [0];
  /** Lowest and highest of each {@link #width} points in a row, by index. */
  #buckets: [low: number, high: number][] = [];
  #width = 1;

  /** The newest point. */
  get last(): Point | undefined {
    return this.#points.at(-1);
  }

  /** Adds a point. */
  push(point: Point): void {
    const index = this.#points.length;
    this.#points.push(point);
    this.#sums.push(this.#sums[index]! + point[1]);
    if (index === MOST_BUCKETS * this.#width) this.#halveBuckets();
    const bucket = Math.floor(index / this.#width);
    const known = this.#buckets[bucket];
    this.#buckets[bucket] =
      known === undefined ? [index, index] : [this.#lower(known[0], index), this.#higher(known[1], index)];
  }

  /** Takes back all points from an x on. */
  cutFrom(x: number): void {
    let length = this.#points.length;
    while (length > 0 && this.#points[length - 1]![0] >= x) length--;
    if (length === this.#points.length) return;
    const kept = this.#points.slice(0, length);
    this.#points = [];
    this.#sums = [0];
    this.#buckets = [];
    this.#width = 1;
    for (const point of kept) this.push(point);
  }

  /** The mean of the last points; undefined where there is none. */
  meanOfLast(most: number): number | undefined {
    const { length } = this.#points;
    if (length === 0) return undefined;
    const from = Math.max(0, length - most);
    return (this.#sums[length]! - this.#sums[from]!) / (length - from);
  }

  /** Points that draw the same line as all of them: no spike is lost. */
  thinned(): Point[] {
    const last = this.#points.length - 1;
    const indices = new Set<number>(last < 0 ? [] : [0]);
    for (const [low, high] of this.#buckets) indices.add(Math.min(low, high)).add(Math.max(low, high));
    if (last >= 0) indices.add(last);
    return Array.from(indices, (index) => this.#points[index]!);
  }

  /** The curve without its noise: a centred moving average, as `smooth` of reports, of the points that can be told apart. */
  smoothed(): Point[] {
    const { length } = this.#points;
    const radius = Math.ceil(length * SMOOTHING);
    const at = (index: number): Point => {
      const before = Math.min(radius, index);
      const after = Math.min(before, length - 1 - index);
      const sum = this.#sums[index + after + 1]! - this.#sums[index - before]!;
      return [this.#points[index]![0], sum / (before + 1 + after)];
    };
    const points = this.#buckets.map((_, bucket) => at(bucket * this.#width));
    if ((length - 1) % this.#width > 0) points.push(at(length - 1));
    return points;
  }

  #halveBuckets(): void {
    this.#buckets = this.#buckets.flatMap(([low, high], bucket, all) => {
      if (bucket % 2 === 1) return [];
      const [otherLow, otherHigh] = all[bucket + 1] ?? [low, high];
      return [[this.#lower(low, otherLow), this.#higher(high, otherHigh)]];
    });
    this.#width *= 2;
  }

  #lower(one: number, other: number): number {
    return this.#points[other]![1] < this.#points[one]![1] ? other : one;
  }

  #higher(one: number, other: number): number {
    return this.#points[other]![1] > this.#points[one]![1] ? other : one;
  }
}
