/** Tokens that a model is to be scored on. */
export interface Sequence {
  /** What the model is given, at least one token: all but the last of those that are scored. */
  readonly inputs: Int32Array;
  /** The tokens that follow the last `targets.length` inputs. */
  readonly targets: Int32Array;
}

/** What a model makes of a {@link Sequence}. */
export interface SequenceScore {
  /** Log-likelihood of the targets in nats, summed in float64. */
  readonly logLikelihood: number;
  /** Whether each target is the likeliest token in its place. */
  readonly isGreedy: boolean;
}

/**
 * Makes a sequence of a context and what follows it, of which only that is scored. Of what is longer than the model's
 * context the first tokens are left out, as in lm-evaluation-harness.
 *
 * @param contextIds - at least one token
 * @param continuationIds - 1 to `maxTokens` tokens
 * @param maxTokens - tokens that the model sees at once
 */
export function sequenceOf(
  contextIds: ArrayLike<number>,
  continuationIds: ArrayLike<number>,
  maxTokens: number,
): Sequence {
  const all = Int32Array.from([...Array.from(contextIds), ...Array.from(continuationIds)]);
  const last = all.length - 1;
  return {
    inputs: all.slice(Math.max(0, last - maxTokens), last),
    targets: Int32Array.from(continuationIds),
  };
}
