import { normalFloats } from '@nibble-ml/testing';

const STEP = 1e-5;
const DIRECTIONS = 5;

/**
 * Checks a gradient against central differences of the function along random directions, in float64: the error of
 * the difference is of order step² and rounding / step, both near 1e-10 of the function's scale.
 *
 * @param gradient - of `f` at `x`
 * @throws Error when a directional derivative differs by more than 1e-7 of the gradient's norm
 */
export function expectGradient(
  f: (x: Float64Array) => number,
  x: Float64Array,
  gradient: Float64Array,
): void {
  const norm = Math.hypot(...gradient);
  for (let seed = 0; seed < DIRECTIONS; seed++) {
    const direction = Float64Array.from(normalFloats(x.length, 1000 + seed));
    const length = Math.hypot(...direction);
    const shifted = (step: number): Float64Array =>
      x.map((value, i) => value + (step * direction[i]!) / length);
    const difference = (f(shifted(STEP)) - f(shifted(-STEP))) / (2 * STEP);
    const product = gradient.reduce((sum, value, i) => sum + (value * direction[i]!) / length, 0);
    if (!(Math.abs(difference - product) <= 1e-7 * Math.max(1, norm))) {
      throw new Error(
        `expectGradient: the difference is ${difference}, the gradient gives ${product} (norm ${norm})`,
      );
    }
  }
}

/** The inner product of two arrays: a random weighting makes a scalar function of a tensor-valued one. */
export function innerProduct(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
