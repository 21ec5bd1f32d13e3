import { counterBits } from '@nibble-ml/fp4-format';
import { quantileRanks } from '../quantile-ranks.ts';
import { insideRank, sampledQuantileBounds } from '../sampled-quantile.ts';

/** A seeded sample that a quantile is estimated from. */
export interface QuantileSample {
  /** Elements drawn, with replacement; default 4096. A tensor of no more elements is taken whole. */
  readonly size?: number;
  /** An integer; its low 32 bits count. */
  readonly seed: number;
}

/** How the two thresholds of a tensor are found: computed once on the host, so that all backends share it. */
export interface ThresholdPlan {
  /** Elements that are looked at first. */
  readonly count: number;
  /** Whether they are the whole tensor, in order; otherwise element `mulHigh(counterBits(seed, i), size)` for i < count. */
  readonly isWhole: boolean;
  /** `counterBits(0, seed)`, which counters are added to. */
  readonly hash: number;
  /** Ascending ranks that are selected among them. */
  readonly firstLower: number;
  readonly firstUpper: number;
  /** Whether what is selected are the thresholds. Otherwise they bound what is selected from the whole tensor. */
  readonly isFinal: boolean;
  /** Ascending ranks of the thresholds in the whole tensor. */
  readonly lower: number;
  readonly upper: number;
  /** Places for the elements beyond a bound, on each side. */
  readonly room: number;
  /** How many elements can lie beyond the thresholds; if they are sampled, but for a probability of 2^-39. */
  readonly capacity: number;
}

const DEFAULT_SIZE = 4096;
const FAILURE = 2 ** -40;

/**
 * Plans the two-sided quantile of `size` elements. Without a sample it is exact: a first look at 4096 elements bounds the
 * thresholds, one pass gathers the few elements beyond the bounds, and among them the thresholds are selected; where the
 * bounds turn out wrong (probability below 2^-39 a side) everything is searched, with the same result.
 *
 * @throws RangeError if alpha is out of range or the sample size no positive integer below 2^31.
 */
export function planThresholds(alpha: number, size: number, sample?: QuantileSample): ThresholdPlan {
  const wanted = sample?.size ?? DEFAULT_SIZE;
  if (!(Number.isInteger(wanted) && wanted > 0 && wanted < 2 ** 31)) {
    throw new RangeError(
      `occQuantizeTensor: sample.size must be a positive integer below 2^31, but got ${wanted}`,
    );
  }
  const { lower, upper } = quantileRanks(alpha, size);
  const above = size - 1 - upper;
  const hash = counterBits(0, sample?.seed ?? 0);
  const common = { hash, lower, upper, room: 0, capacity: lower + above };
  if (wanted >= size) {
    return { ...common, count: size, isWhole: true, firstLower: lower, firstUpper: upper, isFinal: true };
  }
  const count = wanted;
  if (sample !== undefined) {
    const first = quantileRanks(alpha, count);
    return {
      ...common,
      count,
      isWhole: false,
      firstLower: first.lower,
      firstUpper: first.upper,
      isFinal: true,
      capacity: Math.min(
        size,
        mostBeyond(first.lower, count, size) + mostBeyond(count - 1 - first.upper, count, size),
      ),
    };
  }
  const fromBelow = insideRank(lower / size, count, FAILURE);
  const fromAbove = insideRank(above / size, count, FAILURE);
  return {
    ...common,
    count,
    isWhole: false,
    firstLower: fromBelow,
    firstUpper: count - 1 - fromAbove,
    isFinal: false,
    room: mostBeyond(Math.max(fromBelow, fromAbove), count, size),
  };
}

function mostBeyond(rank: number, count: number, size: number): number {
  return Math.min(size, Math.ceil(size * sampledQuantileBounds(rank, count, FAILURE).most));
}
