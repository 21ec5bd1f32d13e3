/**
 * A bijection between a parameter's value and the unbounded coordinate that the optimizer moves. For the
 * coefficient of a term the free coordinate is the natural logarithm of the coefficient.
 */
export interface Parameterization {
  /** Smallest value (exclusive). */
  readonly lower: number;
  /** Largest value (exclusive). */
  readonly upper: number;
  /** Value to free coordinate. */
  toFree(value: number): number;
  /** Free coordinate to value. */
  fromFree(free: number): number;
  /** Derivative of the value by the free coordinate, at `free`. */
  slope(free: number): number;
}

/** Positive parameters: the free coordinate is the natural logarithm. */
export const logSpace: Parameterization = {
  lower: 0,
  upper: Infinity,
  toFree: Math.log,
  fromFree: Math.exp,
  slope: Math.exp,
};

/** Parameters of either sign: the free coordinate is the value. */
export const linearSpace: Parameterization = {
  lower: -Infinity,
  upper: Infinity,
  toFree: (value) => value,
  fromFree: (free) => free,
  slope: () => 1,
};

/** One named parameter of a law. */
export interface ParameterSpec {
  /** Name, the key in every record of parameter values. */
  readonly name: string;
  /** What it stands for, in a few words. */
  readonly meaning: string;
  /** Bounds and the coordinate that the fit works in. */
  readonly space: Parameterization;
  /**
   * Values tried by the start grid. Only exponents have them: coefficients are eliminated at each start by
   * linear least squares.
   */
  readonly starts?: readonly number[];
}

/** Parameter values by name. */
export type ParameterValues = Readonly<Record<string, number>>;

/**
 * Throws unless every parameter has a value inside its bounds.
 *
 * @throws RangeError that names the caller, the parameter and its value.
 */
export function assertParameters(
  caller: string,
  specs: readonly ParameterSpec[],
  values: ParameterValues,
): void {
  for (const { name, space } of specs) {
    const value = values[name];
    if (value === undefined) {
      const names = specs.map((spec) => spec.name).join(', ');
      throw new RangeError(
        `${caller}: parameter ${name} must be given, but is missing; the law has ${names}`,
      );
    }
    if (!(value > space.lower && value < space.upper)) {
      throw new RangeError(
        `${caller}: parameter ${name} must lie between ${space.lower} and ${space.upper}, but got ${value}`,
      );
    }
  }
}
