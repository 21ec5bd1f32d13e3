/** A mean over documents. */
export interface Metric {
  readonly value: number;
  /** Standard error; `null` of a single document. */
  readonly standardError: number | null;
}

/**
 * Mean and its standard error, the sample's standard deviation over √n, as in lm-evaluation-harness: of zeros and ones
 * √(p (1 − p) / (n − 1)).
 *
 * @throws RangeError when there are no values
 */
export function meanMetric(values: readonly number[]): Metric {
  const n = values.length;
  if (n === 0) throw new RangeError('meanMetric: there must be at least one value, but got none');
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { value: mean, standardError: n === 1 ? null : Math.sqrt(squares / (n - 1) / n) };
}

/**
 * exp of the mean negative log-likelihood, with the standard error that follows from the mean's to first order (the delta
 * method); lm-evaluation-harness draws samples for it.
 *
 * @param logLikelihoods - of each document, in nats
 */
export function perplexityMetric(logLikelihoods: readonly number[]): Metric {
  const { value, standardError } = meanMetric(logLikelihoods);
  const perplexity = Math.exp(-value);
  return { value: perplexity, standardError: standardError === null ? null : perplexity * standardError };
}
