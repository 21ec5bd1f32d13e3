import type { InputRanges } from '../fit/fit-result.ts';
import { isHighPrecision } from '../laws/precision-bits.ts';
import { effectiveParameterMultiplier } from '../predict/effective-parameters.ts';
import { predictDelta, predictLoss } from '../predict/predict.ts';
import { inferenceFlops, trainingFlops, weightBytes } from './cost-model.ts';
import type { PrecisionChoice } from './cost-model.ts';
import { minimizeOnGrid } from './minimize-on-grid.ts';
import { resolveQuery } from './plan-query.ts';
import type { PlanQuery, ResolvedQuery } from './plan-query.ts';

/** One way to train, with what it gives and costs. */
export interface Plan extends PrecisionChoice {
  /** Non-embedding parameters. */
  readonly N: number;
  /** Training tokens. */
  readonly D: number;
  /** Nats per token. */
  readonly loss: number;
  /** The part of the loss that is due to quantization. */
  readonly delta: number;
  /** Effective parameter multiplier; 1 in high precision. */
  readonly effectiveParameters: number;
  /** FLOPs, counted in those of 16 bits. */
  readonly trainingFlops: number;
  /** Bytes of the weights as deployed, with scales and embeddings. */
  readonly weightBytes: number;
  /** FLOPs of one generated token, counted in those of 16 bits. */
  readonly inferenceFlops: number;
  /** Inputs outside of the runs that the laws were fitted to, by `inputs` of the laws. */
  readonly extrapolates: readonly ('N' | 'D' | 'G')[];
}

/** Sizes that are looked through. */
const SMALLEST_N = 1e4;
const LARGEST_N = 1e14;

/** Relative: tokens that follow from compute and size are rounded, and must not count as beyond the last run for it. */
const ROUNDING = 1e-9;

/**
 * Answers which group size, which bits, whether the FC2 input in 8 bits, and which size and tokens: for each precision
 * and group size the plan of the least loss within the limits, or, with a loss to reach, the cheapest that reaches it.
 * Best first; precisions that cannot keep the limits are left out. Sizes from 1e4 to 1e14 are looked through.
 *
 * @throws RangeError if a limit is not a positive number, a precision has no law or no speed in the cost model, a group
 *   size is below 2, nothing limits the size or the tokens, or no precision can keep the limits.
 * @example
 * ```ts
 * import { planTraining } from '@nibble-ml/scaling-law';
 *
 * // 1e21 FLOPs of training, and at most 500 MB of weights.
 * const [best] = planTraining({ compute: 1e21, memory: 500e6 });
 * console.log(best);
 * ```
 */
export function planTraining(query: PlanQuery): Plan[] {
  const resolved = resolveQuery(query);
  const plans = resolved.choices.flatMap((choice) => {
    const plan = planFor(resolved, choice);
    return plan === undefined ? [] : [plan];
  });
  if (plans.length === 0) {
    throw new RangeError(
      'planTraining: some precision must keep the limits, but none does; raise compute, memory or inference, or the loss to reach',
    );
  }
  const rank = (plan: Plan): number => (query.loss === undefined ? plan.loss : costOf(plan, resolved));
  return plans.toSorted((a, b) => rank(a) - rank(b));
}

function planFor(query: ResolvedQuery, choice: PrecisionChoice): Plan | undefined {
  const largest = largestSize(query, choice);
  if (largest === undefined) return undefined;
  const tokensAt = (N: number): number | undefined => tokensFor(query, choice, N);
  const rank = (N: number): number => {
    const D = tokensAt(N);
    if (D === undefined) return Infinity;
    const plan = describe(query, choice, N, D);
    return query.loss === undefined ? plan.loss : costOf(plan, query);
  };
  if (query.N !== undefined && query.N > largest * (1 + 1e-12)) return undefined;
  const N = query.N ?? minimizeOnGrid(rank, SMALLEST_N, largest);
  const D = N === undefined ? undefined : tokensAt(N);
  return N === undefined || D === undefined ? undefined : describe(query, choice, N, D);
}

/** The largest size that memory and inference allow, both of which grow with it; undefined where they allow none. */
function largestSize(
  { memory = Infinity, inference = Infinity, costs }: ResolvedQuery,
  choice: PrecisionChoice,
): number | undefined {
  const fits = (N: number): boolean =>
    weightBytes(N, choice, costs) <= memory && inferenceFlops(N, choice, costs) <= inference;
  if (fits(LARGEST_N)) return LARGEST_N;
  if (!fits(SMALLEST_N)) return undefined;
  let [low, high] = [Math.log(SMALLEST_N), Math.log(LARGEST_N)];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (fits(Math.exp(middle))) low = middle;
    else high = middle;
  }
  return Math.exp(low);
}

/** The tokens for a size: as many as help and are allowed, or as few as reach the loss. */
function tokensFor(query: ResolvedQuery, choice: PrecisionChoice, N: number): number | undefined {
  const { compute = Infinity, D = Infinity, loss, costs } = query;
  // Training costs are proportional to the tokens.
  const affordable = compute / trainingFlops({ N, D: 1, ...choice }, costs);
  // Settled tokens must be affordable; with a budget they are the most there are.
  const most = Math.min(D, affordable, mostHelpfulTokens(query, choice, N));
  if (loss === undefined) return most;
  const lossAt = (tokens: number): number => lossOf(query, choice, N, tokens);
  const top = Math.min(most, 1e20);
  if (!(lossAt(top) <= loss)) return undefined;
  let [low, high] = [0, Math.log(top)];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (lossAt(Math.exp(middle)) <= loss) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}

/**
 * Tokens beyond which the growth of the quantization error outweighs what is learned, where
 * `beta B / D^beta = gammaD delta(D)`; `Infinity` where there is no such point.
 */
function mostHelpfulTokens({ laws, D }: ResolvedQuery, choice: PrecisionChoice, N: number): number {
  const delta = deltaLaw(laws, choice);
  if (delta === undefined || delta.gammaD <= 0 || D !== undefined) return Infinity;
  const { B, beta } = laws.base;
  const errorOfOneToken = predictDelta({ N, D: 1, G: choice.G }, delta);
  return ((beta * B) / (delta.gammaD * errorOfOneToken)) ** (1 / (beta + delta.gammaD));
}

function deltaLaw(
  laws: ResolvedQuery['laws'],
  { precision }: PrecisionChoice,
): ResolvedQuery['laws']['deltas'][string] | undefined {
  return isHighPrecision(precision) ? undefined : laws.deltas[precision];
}

function lossOf({ laws }: ResolvedQuery, choice: PrecisionChoice, N: number, D: number): number {
  const delta = deltaLaw(laws, choice);
  return delta === undefined
    ? predictLoss({ N, D }, laws.base)
    : predictLoss({ N, D, G: choice.G }, laws.base, delta);
}

function describe(query: ResolvedQuery, choice: PrecisionChoice, N: number, D: number): Plan {
  const { laws, costs } = query;
  const law = deltaLaw(laws, choice);
  const point = { N, D, G: choice.G };
  return {
    ...choice,
    N,
    D,
    loss: lossOf(query, choice, N, D),
    delta: law === undefined ? 0 : predictDelta(point, law),
    effectiveParameters: law === undefined ? 1 : effectiveParameterMultiplier(point, laws.base, law),
    trainingFlops: trainingFlops({ N, D, ...choice }, costs),
    weightBytes: weightBytes(N, choice, costs),
    inferenceFlops: inferenceFlops(N, choice, costs),
    extrapolates: (['N', 'D', 'G'] as const).filter((input) => outside(laws.inputs[input], point[input])),
  };
}

function costOf(plan: Plan, { minimize }: ResolvedQuery): number {
  if (minimize === 'compute') return plan.trainingFlops;
  return minimize === 'memory' ? plan.weightBytes : plan.inferenceFlops;
}

function outside(range: InputRanges[keyof InputRanges], value: number | undefined): boolean {
  if (value === undefined) return false;
  return range === null || value < range[0] * (1 - ROUNDING) || value > range[1] * (1 + ROUNDING);
}
