import type { ScalingLaw } from './power-law.ts';
import type { StartGrid } from './start-grid.ts';

/** Options of {@link fitLaw}. */
export interface FitOptions {
  /** Log residual where Huber's loss turns from quadratic to linear. Default 1e-3, as Hoffmann et al. 2022. */
  readonly huberDelta?: number;
  /** Start values of exponents, in place of the law's own, by parameter name. */
  readonly starts?: StartGrid;
  /** Bootstrap resamples. Default 1000; 0 for none. */
  readonly resamples?: number;
  /** Share of the refits between `low` and `high`. Default 0.95. */
  readonly confidence?: number;
  /** Seed of the bootstrap. Default 0. */
  readonly seed?: number;
  /** The quantized precision to fit, where the records have several. */
  readonly precision?: string;
}

/** The options with their defaults. */
export type ResolvedFitOptions = Required<Omit<FitOptions, 'precision'>> & { precision: string | undefined };

/**
 * Fills in the defaults.
 *
 * @throws RangeError if an option is out of its range, or a start is for no exponent of the law.
 */
export function assertFitOptions(law: ScalingLaw, options: FitOptions): ResolvedFitOptions {
  const {
    huberDelta = 1e-3,
    starts = {},
    resamples = 1000,
    confidence = 0.95,
    seed = 0,
    precision,
  } = options;
  if (!(huberDelta > 0)) throw new RangeError(`fitLaw: huberDelta must be positive, but got ${huberDelta}`);
  if (!Number.isInteger(resamples) || resamples < 0) {
    throw new RangeError(`fitLaw: resamples must be a non-negative integer, but got ${resamples}`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`fitLaw: confidence must lie between 0 and 1, but got ${confidence}`);
  }
  for (const [name, values] of Object.entries(starts)) {
    const spec = law.parameters.find((candidate) => candidate.name === name);
    if (spec?.starts === undefined) {
      const known = law.parameters.filter((parameter) => parameter.starts).map((parameter) => parameter.name);
      throw new RangeError(
        `fitLaw: starts must be for exponents of law ${law.name} (${known.join(', ')}), but got ${name}`,
      );
    }
    const bad = values.find((value) => !(value > spec.space.lower && value < spec.space.upper));
    if (values.length === 0 || bad !== undefined) {
      throw new RangeError(
        `fitLaw: starts of ${name} must be at least one number above ${spec.space.lower}, but got [${values.join(', ')}]`,
      );
    }
  }
  return { huberDelta, starts, resamples, confidence, seed, precision };
}
