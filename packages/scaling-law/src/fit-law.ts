import { minimizeBfgs } from './bfgs.ts';
import type { BfgsResult } from './bfgs.ts';
import { bootstrapRefits, percentileInterval } from './bootstrap.ts';
import { regularizedInverse } from './cholesky.ts';
import { assertFitOptions } from './fit-options.ts';
import type { FitOptions } from './fit-options.ts';
import { selectFitData } from './fit-data.ts';
import { relativeErrors } from './relative-error.ts';
import { HuberObjective } from './huber-objective.ts';
import { assertDetermined, assertEnoughSpread } from './identifiability.ts';
import type { Baseline } from './observations.ts';
import type { ScalingLaw } from './power-law.ts';
import type { ScalingRecord } from './scaling-record.ts';
import { startGrid } from './start-grid.ts';

/** A parameter with its bootstrap interval; the bounds are `null` where no resamples were asked for. */
export interface FittedParameter {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** What {@link fitLaw} found. All of it survives `JSON.stringify`. */
export interface FitResult {
  /** Name of the law. */
  readonly law: string;
  /** The quantized precision that was fitted; `null` where the law has none. */
  readonly precision: string | null;
  /** What the quantization error was measured against. */
  readonly baseline: Baseline;
  /** Values with percentile intervals. */
  readonly parameters: Readonly<Record<string, FittedParameter>>;
  /** Mean of `|predicted − observed| / observed` of the quantization errors; `null` without quantized runs. */
  readonly relativeErrorOnDelta: number | null;
  /** The same of the losses. */
  readonly relativeErrorOnLoss: number;
  /** Sum of Huber's loss over the log residuals. */
  readonly objective: number;
  /** Number of runs fitted. */
  readonly points: number;
  /** Starts of the grid, and how many of them led to the best optimum (objective within 0.1 %). */
  readonly starts: { readonly count: number; readonly reachedBest: number };
  /** How the intervals were made. */
  readonly bootstrap: {
    readonly resamples: number;
    readonly confidence: number;
    readonly seed: number;
    readonly milliseconds: number;
  };
  /** Wall time of the fit with its start grid, without the bootstrap. */
  readonly milliseconds: number;
  /** What a reader of the values should know; empty if nothing. */
  readonly warnings: readonly string[];
}

const SEARCH = { relativeTolerance: 1e-4, maxIterations: 200 };
const POLISH = { relativeTolerance: 1e-14, maxIterations: 500 };

/** How many of the best searches are carried to full precision. */
const POLISHED = 3;

/** Objectives this close, relatively, count as the same optimum. */
const SAME_OPTIMUM = 1e-3;

/** A term below this share of every prediction is at its bound of zero. */
const NEGLIGIBLE_SHARE = 1e-6;

/**
 * Fits a law to finished runs: least Huber loss of the log residuals, from a grid of starts, with bootstrap
 * percentile intervals. Deterministic for given records and options, but for the times.
 *
 * - A law of losses without `G` is fitted to the high-precision records.
 * - `qat` is fitted to the high-precision records and those of one quantized precision together.
 * - A law of the quantization error is fitted to the error against the high-precision twins; where a twin is missing,
 *   against a Chinchilla fit to the high-precision records. `baseline` says which. The logarithm that is fitted is
 *   then that of the error, not of the loss.
 *
 * The bootstrap draws runs with replacement; runs that share a twin share its noise and are drawn together. The
 * intervals do not hold the uncertainty of a Chinchilla baseline; fit `qat` for that.
 *
 * @throws UnidentifiableError if the data cannot determine the parameters; the message says what to add.
 * @throws RangeError if a record or an option is out of its range.
 * @example
 * ```ts
 * import { chinchilla, chinchillaConstants, fitLaw, gridPoints, simulateRecords } from '@nibble-ml/scaling-law';
 *
 * const points = gridPoints([1e8, 3e8, 1e9], [2e9, 1e10, 5e10]);
 * const records = simulateRecords(points, { base: chinchillaConstants.epoch, noise: 0.001, seed: 1 });
 * console.log(fitLaw(chinchilla, records).parameters);
 * ```
 */
export function fitLaw(
  law: ScalingLaw,
  records: readonly ScalingRecord[],
  options: FitOptions = {},
): FitResult {
  const started = performance.now();
  const { huberDelta, starts, resamples, confidence, seed, precision } = assertFitOptions(law, options);
  const data = selectFitData(law, records, precision, (base, high) => {
    const fit = fitLaw(base, high, { huberDelta, resamples: 0 });
    return Object.fromEntries(Object.entries(fit.parameters).map(([name, { value }]) => [name, value]));
  });
  assertEnoughSpread('fitLaw', law, data.observations);

  const objective = new HuberObjective(law, data.observations, huberDelta);
  const searches = startGrid(law, objective, starts)
    .map((theta) => minimizeFrom(objective, theta, SEARCH))
    .filter(({ value }) => Number.isFinite(value))
    .toSorted((a, b) => a.value - b.value);
  const [best] = searches
    .slice(0, POLISHED)
    .map(({ x }) => minimizeFrom(objective, x, POLISH))
    .toSorted((a, b) => a.value - b.value);
  if (best === undefined) {
    throw new RangeError(
      `fitLaw: a start of the grid of law ${law.name} must be finite, but all overflow; pass others`,
    );
  }
  const milliseconds = performance.now() - started;
  const values = objective.toParameters(best.x);
  const warnings = negligibleTerms(law, objective, best.x);
  // A term at zero leaves its parameters undetermined, which the warning says already.
  if (warnings.length === 0) assertDetermined('fitLaw', law, objective, best.x);

  if (best.iterations === POLISH.maxIterations) {
    warnings.push(`the optimizer stopped after ${best.iterations} iterations, before it had converged`);
  }

  const bootstrapStarted = performance.now();
  const refits = bootstrapRefits(objective, best.x, data.strata, resamples, seed).map((theta) =>
    objective.toParameters(theta),
  );
  const parameters: Record<string, FittedParameter> = {};
  for (const { name } of law.parameters) {
    const [low, high] =
      resamples === 0
        ? [null, null]
        : percentileInterval(
            refits.map((refit) => refit[name]!),
            confidence,
          );
    parameters[name] = { value: values[name]!, low, high };
  }

  return {
    law: law.name,
    precision: data.precision ?? null,
    baseline: data.baseline,
    parameters,
    ...relativeErrors(law, values, data),
    objective: best.value,
    points: data.observations.length,
    starts: {
      count: searches.length,
      reachedBest: searches.filter(({ value }) => value <= best.value * (1 + SAME_OPTIMUM) + 1e-20).length,
    },
    bootstrap: { resamples, confidence, seed, milliseconds: performance.now() - bootstrapStarted },
    milliseconds,
    warnings,
  };
}

function minimizeFrom(
  objective: HuberObjective,
  theta: Float64Array,
  options: { relativeTolerance: number; maxIterations: number },
): BfgsResult {
  const inverseHessian = regularizedInverse(objective.gaussNewton(theta, true), objective.size, 1e-6);
  return minimizeBfgs(objective.evaluate, theta, inverseHessian, options);
}

/** Warnings for terms that the fit has driven to zero, where the parameters that only they hold say nothing. */
function negligibleTerms(law: ScalingLaw, objective: HuberObjective, theta: Float64Array): string[] {
  return objective.largestShares(theta).flatMap((share, index) => {
    if (share >= NEGLIGIBLE_SHARE) return [];
    const { coefficient, factors } = law.terms[index]!;
    const names = [coefficient, ...factors.map(({ exponent }) => exponent)].filter(
      (name) => typeof name === 'string',
    );
    return [
      `the term of ${coefficient} is zero within the noise: the data do not determine ${names.join(', ')}`,
    ];
  });
}
