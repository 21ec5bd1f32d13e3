/** Magnitudes below it count as 0 in the mean square, so that no float32 square underflows. */
export const QUEST_LEAST: number = 2 ** -50;

/** Magnitudes above it count as it in the mean square, so that no float32 sum of squares overflows. */
export const QUEST_GREATEST: number = 2 ** 45;

/** RN32((2.92247856 / 6)^2). */
export const QUEST_FACTOR: number = Math.fround((2.92247856 / 6) ** 2);

/** The float32 square of a magnitude as it enters the sum. */
export function questSquare(x: number): number {
  const magnitude = Math.min(Math.abs(x), QUEST_GREATEST);
  return magnitude < QUEST_LEAST ? 0 : Math.fround(magnitude * magnitude);
}

/**
 * Returns 2^floor(log2(2.92247856 / 6 · sqrt(sum / count))), or 0 where the sum is 0. No division or root takes part: half
 * the exponent of RN32(sum · {@link QUEST_FACTOR}) / count, which the two significands decide.
 *
 * @param sum - Float32 sum of {@link questSquare}.
 * @param count - Elements of the block; its upper 24 bits count.
 */
export function questScale(sum: number, count: number): number {
  if (sum === 0) return 0;
  const product = Math.fround(sum * QUEST_FACTOR);
  const unit = 2 ** Math.max(0, Math.floor(Math.log2(count)) - 23);
  const mean = product / (Math.floor(count / unit) * unit);
  return 2 ** Math.floor(exponentOf(mean) / 2);
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** floor(log2) of a normal float64: a quotient of float32 numbers does not round up to a power of two. */
function exponentOf(x: number): number {
  double[0] = x;
  return (words[1]! >>> 20) - 1023;
}
