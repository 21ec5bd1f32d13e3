import type { LogOf } from '../data/observations.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import { domains } from '../laws/parameter.ts';
import type { StartGrid } from './start-grid.ts';

/** How resamples are drawn: the runs themselves, or their residuals around the fit. */
export type Resampling = 'cases' | 'residuals';

/** How an interval is made of the resamples. */
export type IntervalKind = 'percentile' | 'bca';

/** Options of `fitLaw`. */
export interface FitOptions {
  /**
   * Log residual where Huber's loss turns from quadratic to linear. Default `auto`: 1.345 standard deviations of the
   * residuals (by their median, so that outliers do not count), and at least 1e-3, the value of Hoffmann et al. 2022.
   * Where the noise is far larger than that, 1e-3 makes a fit of least absolute residuals, which needs half as many runs
   * again for the same intervals.
   */
  readonly huberDelta?: number | 'auto';
  /** Start values, in place of the law's own, by parameter name. */
  readonly starts?: StartGrid;
  /** Bootstrap resamples. Default 1000; 0 for none. */
  readonly resamples?: number;
  /** Default `cases`. */
  readonly resampling?: Resampling;
  /** Default `bca`. */
  readonly intervals?: IntervalKind;
  /** Share of the refits between `low` and `high`. Default 0.95. */
  readonly confidence?: number;
  /** Seed of the bootstrap. Default 0. */
  readonly seed?: number;
  /** The quantized precision to fit, where the records have several and the law describes one. */
  readonly precision?: string;
  /**
   * For a law of the quantization error: of what the logarithm is fitted. Default `delta`, the error itself, whose noise
   * then counts relative to it, and which must be positive. `loss` takes the loss, with its baseline given: the noise of
   * runs then counts as it is, which is right where it is not small beside the error, and errors may be zero or negative.
   */
  readonly logOf?: LogOf;
  /** Whether repeated seeds are observations of their own or averaged first. Default `each`. */
  readonly seeds?: 'each' | 'mean';
}

/** The options with their defaults. */
export type ResolvedFitOptions = Required<Omit<FitOptions, 'precision'>> & { precision: string | undefined };

/**
 * Fills in the defaults.
 *
 * @throws RangeError if an option is out of its range, or a start is for no parameter that has starts.
 */
export function assertFitOptions(law: ScalingLaw, options: FitOptions): ResolvedFitOptions {
  const {
    huberDelta = 'auto',
    starts = {},
    resamples = 1000,
    resampling = 'cases',
    intervals = 'bca',
    confidence = 0.95,
    seed = 0,
    precision,
    seeds = 'each',
    logOf = 'delta',
  } = options;
  if (huberDelta !== 'auto' && !(huberDelta > 0)) {
    throw new RangeError(`fitLaw: huberDelta must be positive or auto, but got ${huberDelta}`);
  }
  if (!Number.isInteger(resamples) || resamples < 0) {
    throw new RangeError(`fitLaw: resamples must be a non-negative integer, but got ${resamples}`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`fitLaw: confidence must lie between 0 and 1, but got ${confidence}`);
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError(`fitLaw: seed must be an integer from 0 to 2^32 - 1, but got ${seed}`);
  }
  assertOneOf('resampling', resampling, ['cases', 'residuals']);
  assertOneOf('intervals', intervals, ['percentile', 'bca']);
  assertOneOf('seeds', seeds, ['each', 'mean']);
  assertOneOf('logOf', logOf, ['delta', 'loss']);
  assertStarts(law, starts);
  return { huberDelta, starts, resamples, resampling, intervals, confidence, seed, precision, seeds, logOf };
}

function assertOneOf(option: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) {
    throw new RangeError(`fitLaw: ${option} must be one of ${known.join(', ')}, but got ${value}`);
  }
}

function assertStarts(law: ScalingLaw, starts: StartGrid): void {
  const { parameters } = law.definition;
  for (const [name, values] of Object.entries(starts)) {
    const spec = parameters.find((candidate) => candidate.name === name);
    if (spec?.starts === undefined) {
      const known = parameters.filter((parameter) => parameter.starts).map((parameter) => parameter.name);
      throw new RangeError(
        `fitLaw: starts must be for parameters of law ${law.name} that have some (${known.join(', ')}), but got ${name}`,
      );
    }
    const { lower, upper } = domains[spec.domain];
    const bad = values.find((value) => !(value > lower && value < upper));
    if (values.length === 0 || bad !== undefined) {
      throw new RangeError(
        `fitLaw: starts of ${name} must be at least one number above ${lower}, but got [${values.join(', ')}]`,
      );
    }
  }
}
