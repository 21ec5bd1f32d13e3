/** Between which shares of the tensor a sampled threshold lies. */
export interface SampledQuantileBounds {
  /** At least this share of the elements lies at or beyond the threshold. */
  readonly least: number;
  /** At most this share of the elements lies strictly beyond the threshold. */
  readonly most: number;
}

/**
 * Returns the rank error of a quantile that is estimated from a sample: bounds on the share of the tensor beyond the element
 * at descending rank `rank` (from 0) of `size` elements drawn independently, with replacement. Each bound fails with at most
 * the given probability, whatever the data, ties included.
 *
 * The elements drawn from a part of the tensor with share q are binomial, with mean q·size; Chernoff's bounds for its tails,
 * exp(-d² / (2·mean)) below and exp(-d² / (2·mean + 2d/3)) above, are solved for q.
 *
 * @param rank - For the upper threshold `size - 1 - upper`, for the lower one `lower`, of `quantileRanks(alpha, size)`.
 * @param size - Elements drawn, positive.
 * @param failure - In (0, 1).
 * @throws RangeError if an argument is out of range.
 */
export function sampledQuantileBounds(rank: number, size: number, failure: number): SampledQuantileBounds {
  if (!(rank >= 0 && rank < size && failure > 0 && failure < 1)) {
    throw new RangeError(
      `sampledQuantileBounds: rank must be from 0 to size - 1 and failure in (0, 1), but got rank ${rank}, size ${size} and failure ${failure}`,
    );
  }
  const nats = -Math.log(failure);
  const most = rank + nats + Math.sqrt(nats * nats + 2 * nats * rank);
  const reached = rank + 1;
  const below = (-(4 / 3) * nats + Math.sqrt((16 / 9) * nats * nats + 8 * nats * reached)) / 2;
  return { least: Math.max(0, (reached - below) / size), most: Math.min(1, most / size) };
}

/**
 * Returns a rank of the sample whose element lies at or inside that of rank `tail` of the tensor, counted from the same end,
 * but for a probability of at most `failure`: the other direction of {@link sampledQuantileBounds}.
 *
 * @param share - Of the tensor's elements, those that may lie beyond: tail / elements.
 */
export function insideRank(share: number, size: number, failure: number): number {
  const nats = -Math.log(failure);
  const mean = share * size;
  const rank = Math.ceil(mean + nats / 3 + Math.sqrt((nats * nats) / 9 + 2 * nats * mean));
  return Math.min(size - 1, rank);
}
