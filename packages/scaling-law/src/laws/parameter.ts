/** Which values a parameter may have: above 0, any, or between 0 and 1. */
export type ParameterDomain = 'positive' | 'real' | 'fraction';

/** A bijection between a parameter's value and the unbounded coordinate that the optimizer moves. */
export interface Parameterization {
  /** Smallest value (exclusive). */
  readonly lower: number;
  /** Largest value (exclusive). */
  readonly upper: number;
  /** Value to free coordinate. */
  toFree(value: number): number;
  /** Free coordinate to value. */
  fromFree(free: number): number;
  /** Derivative of the value by the free coordinate, from the value. */
  slope(value: number): number;
}

/** The largest double below 1. */
const BELOW_ONE = 1 - Number.EPSILON / 2;

/** The coordinates of each domain: the logarithm, the value itself, and the logit. */
export const domains: Readonly<Record<ParameterDomain, Parameterization>> = {
  positive: {
    lower: 0,
    upper: Infinity,
    toFree: Math.log,
    // A coefficient that a fit drives to zero must not underflow to it.
    fromFree: (free) => Math.max(Math.exp(free), Number.MIN_VALUE),
    slope: (value) => value,
  },
  real: {
    lower: -Infinity,
    upper: Infinity,
    toFree: (value) => value,
    fromFree: (free) => free,
    slope: () => 1,
  },
  fraction: {
    lower: 0,
    upper: 1,
    toFree: (value) => Math.log(value) - Math.log1p(-value),
    fromFree: (free) => Math.min(Math.max(1 / (1 + Math.exp(-free)), Number.MIN_VALUE), BELOW_ONE),
    slope: (value) => value * (1 - value),
  },
};

/** One named parameter of a law. */
export interface ParameterSpec {
  /** Name, as in the formula and in every record of parameter values. */
  readonly name: string;
  /** What it stands for, in a few words. */
  readonly meaning: string;
  /** Which values it may have. */
  readonly domain: ParameterDomain;
  /**
   * Values tried by the start grid. Parameters in which the formula is linear need none: they are eliminated at each
   * start by linear least squares.
   */
  readonly starts?: readonly number[];
}

/** Parameter values by name. */
export type ParameterValues = Readonly<Record<string, number>>;

/**
 * Throws unless every parameter has a value inside its domain.
 *
 * @throws RangeError that names the caller, the parameter and its value.
 */
export function assertParameters(
  caller: string,
  specs: readonly ParameterSpec[],
  values: ParameterValues,
): void {
  for (const { name, domain } of specs) {
    const value = values[name];
    const { lower, upper } = domains[domain];
    if (value === undefined) {
      const names = specs.map((spec) => spec.name).join(', ');
      throw new RangeError(
        `${caller}: parameter ${name} must be given, but is missing; the law has ${names}`,
      );
    }
    if (!(value > lower && value < upper)) {
      throw new RangeError(
        `${caller}: parameter ${name} must lie between ${lower} and ${upper}, but got ${value}`,
      );
    }
  }
}
