/** How the next token is chosen. */
export interface SamplingOptions {
  /** Divides the logits. 0 takes the likeliest token. */
  readonly temperature: number;
  /** Only the k likeliest tokens are drawn from. Default: all. */
  readonly topK?: number;
  /** Only the likeliest tokens that together reach this probability are drawn from. Default 1: all. */
  readonly topP?: number;
}

/**
 * Checks sampling options.
 *
 * @throws RangeError naming the option that does not fit
 */
export function checkSampling(functionName: string, { temperature, topK, topP }: SamplingOptions): void {
  if (!(temperature >= 0 && temperature < Infinity)) {
    throw new RangeError(`${functionName}: temperature must be at least 0, but got ${temperature}`);
  }
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) {
    throw new RangeError(`${functionName}: topK must be an integer of at least 1, but got ${topK}`);
  }
  if (topP !== undefined && !(topP > 0 && topP <= 1)) {
    throw new RangeError(`${functionName}: topP must be above 0 and at most 1, but got ${topP}`);
  }
}

/**
 * Draws a token from logits: divided by the temperature, cut to the top k, then to the nucleus of mass top p
 * (arXiv 1904.09751), in float64. Equal logits rank by id.
 *
 * @param uniform - gives a number in [0, 1); not called at temperature 0
 */
export function sampleToken(logits: Float32Array, options: SamplingOptions, uniform: () => number): number {
  const { temperature, topK = logits.length, topP = 1 } = options;
  if (temperature === 0) return greatestIndex(logits);
  const ranked = [...logits.keys()].toSorted((a, b) => logits[b]! - logits[a]! || a - b).slice(0, topK);
  const greatest = logits[ranked[0]!]!;
  const weights = ranked.map((id) => Math.exp((logits[id]! - greatest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let kept = 0;
  let mass = 0;
  while (kept < weights.length && (kept === 0 || mass < topP * total)) mass += weights[kept++]!;
  let draw = uniform() * mass;
  for (let i = 0; i < kept; i++) {
    draw -= weights[i]!;
    if (draw < 0) return ranked[i]!;
  }
  return ranked[kept - 1]!;
}

function greatestIndex(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
