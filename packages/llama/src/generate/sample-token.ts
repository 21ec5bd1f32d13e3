/** How the next token is chosen. */
export interface SamplingOptions {
  /** Divides the logits. 0 takes the likeliest token. */
  readonly temperature: number;
  /** Only the k likeliest tokens are drawn from. Default: all. */
  readonly topK?: number;
  /** Only the likeliest tokens that together reach this probability are drawn from. Default 1: all. */
  readonly topP?: number;
  /** Only tokens of at least this share of the likeliest one's probability are drawn from. Default 0: all. */
  readonly minP?: number;
}

/**
 * Checks sampling options.
 *
 * @throws RangeError naming the option that does not fit
 */
export function checkSampling(
  functionName: string,
  { temperature, topK, topP, minP }: SamplingOptions,
): void {
  if (!(temperature >= 0 && temperature < Infinity)) {
    throw new RangeError(`${functionName}: temperature must be at least 0, but got ${temperature}`);
  }
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) {
    throw new RangeError(`${functionName}: topK must be an integer of at least 1, but got ${topK}`);
  }
  if (topP !== undefined && !(topP > 0 && topP <= 1)) {
    throw new RangeError(`${functionName}: topP must be above 0 and at most 1, but got ${topP}`);
  }
  if (minP !== undefined && !(minP >= 0 && minP <= 1)) {
    throw new RangeError(`${functionName}: minP must be from 0 to 1, but got ${minP}`);
  }
}

/**
 * Draws a token from logits, in float64: divided by the temperature, cut to the top k, then of what is left to the
 * nucleus of mass top p (arXiv 1904.09751), then to min p of the likeliest (arXiv 2407.01082), in the order of Hugging
 * Face transformers. Of equal logits at a cut the one with the smaller id stays.
 *
 * @param uniform - gives a number in [0, 1); not called at temperature 0
 * @throws Error when a logit is NaN or the greatest is infinite
 */
export function sampleToken(logits: Float32Array, options: SamplingOptions, uniform: () => number): number {
  const { temperature, minP = 0 } = options;
  const likeliest = greatestIndex(logits);
  if (temperature === 0) return likeliest;
  const greatest = logits[likeliest]!;
  // Of the likeliest token 1.
  const weights = new Float64Array(logits.length);
  for (let id = 0; id < weights.length; id++) {
    weights[id] = Math.exp((logits[id]! - greatest) / temperature);
  }
  const { least, ties } = cutOf(weights, options);
  let tiesLeft = ties;
  let mass = 0;
  for (let id = 0; id < weights.length; id++) {
    const weight = weights[id]!;
    const isKept = weight > least || (weight === least && tiesLeft-- > 0);
    if (!isKept || weight < minP) weights[id] = 0;
    mass += weights[id]!;
  }
  let draw = uniform() * mass;
  let last = likeliest;
  for (let id = 0; id < weights.length; id++) {
    if (weights[id] === 0) continue;
    last = id;
    draw -= weights[id]!;
    if (draw < 0) break;
  }
  // Rounding may leave a last bit of the draw after all weights.
  return last;
}

/** The least weight that top k and top p leave, and how many of that very weight they leave. */
function cutOf(
  weights: Float64Array,
  { topK = weights.length, topP = 1 }: SamplingOptions,
): { least: number; ties: number } {
  if (topK >= weights.length && topP === 1) return { least: 0, ties: weights.length };
  const ranked = weights.toSorted().toReversed();
  const limit = Math.min(topK, ranked.length);
  let total = 0;
  for (let i = 0; i < limit; i++) total += ranked[i]!;
  let kept = 0;
  for (let mass = 0; kept < limit && (kept === 0 || mass < topP * total); kept++) mass += ranked[kept]!;
  const least = ranked[kept - 1]!;
  return { least, ties: kept - ranked.indexOf(least) };
}

/** Index of the greatest value, the first of equals. */
function greatestIndex(logits: Float32Array): number {
  let best = 0;
  for (let i = 0; i < logits.length; i++) {
    if (Number.isNaN(logits[i])) {
      throw new Error(
        `sampleToken: logits must be numbers, but that of id ${i} is NaN; the model has diverged`,
      );
    }
    if (logits[i]! > logits[best]!) best = i;
  }
  if (!Number.isFinite(logits[best])) {
    throw new Error(
      `sampleToken: the greatest logit must be finite, but it is ${logits[best]} (id ${best}); the model has diverged`,
    );
  }
  return best;
}
