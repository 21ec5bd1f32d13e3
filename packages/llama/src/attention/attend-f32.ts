import { expF32, logF32 } from '../kernel/f32-math.ts';

const f32 = Math.fround;

/** Where the keys and values of one head lie: component d of position j is at `start + j · stride + d · step`. */
export interface HeadRows {
  readonly data: Float32Array;
  readonly start: number;
  readonly stride: number;
  readonly step: number;
}

/**
 * One query's attention over the first `count` positions in f32 arithmetic, every operation rounded, in the order that
 * all backends follow: inner products and sums over j one term after the other; the sum of the weights
 * `exp(score − greatest)` in four interleaved parts.
 *
 * @param query - `[headDim]`, scaled by 1 / sqrt(headDim)
 * @param weights - scratch, at least `count` long
 * @param out - where the result goes, from `at` on
 * @returns the log-sum-exp of the scores
 */
export function attendF32(
  query: Float32Array,
  keys: HeadRows,
  values: HeadRows,
  count: number,
  weights: Float32Array,
  out: Float32Array,
  at: number,
): number {
  const headDim = query.length;
  let greatest = -Infinity;
  for (let j = 0; j < count; j++) {
    const row = keys.start + j * keys.stride;
    let score = 0;
    for (let d = 0; d < headDim; d++) score = f32(score + f32(query[d]! * keys.data[row + d * keys.step]!));
    weights[j] = score;
    greatest = Math.max(greatest, score);
  }
  const sums = new Float32Array(4);
  for (let j = 0; j < count; j++) {
    weights[j] = expF32(f32(weights[j]! - greatest));
    sums[j & 3]! += weights[j]!;
  }
  const sum = f32(f32(sums[0]! + sums[1]!) + f32(sums[2]! + sums[3]!));
  out.fill(0, at, at + headDim);
  for (let j = 0; j < count; j++) {
    const row = values.start + j * values.stride;
    for (let d = 0; d < headDim; d++) out[at + d]! += f32(weights[j]! * values.data[row + d * values.step]!);
  }
  const inverseSum = f32(1 / sum);
  for (let d = 0; d < headDim; d++) out[at + d]! *= inverseSum;
  return greatest + logF32(sum);
}

/** The query at `q` of `qkv`, scaled by 1 / sqrt(headDim), into `query`. */
export function scaleInto(query: Float32Array, qkv: Float32Array, q: number): void {
  const scale = f32(1 / Math.sqrt(query.length));
  for (let d = 0; d < query.length; d++) query[d] = qkv[q + d]! * scale;
}
