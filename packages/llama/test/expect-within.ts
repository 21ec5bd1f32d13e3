/** The unit roundoff of float32: a rounded result is off by at most this much of itself. */
export const UNIT_ROUNDOFF: number = 2 ** -24;

/**
 * Checks values against a reference.
 *
 * @param bound - greatest absolute error, of all values or by index
 * @throws Error naming the first value that is too far off, or a length that differs
 */
export function expectWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number | ((index: number) => number),
): void {
  if (actual.length !== expected.length) {
    throw new Error(`expectWithin: there are ${actual.length} values, but ${expected.length} were expected`);
  }
  for (let i = 0; i < actual.length; i++) {
    const allowed = typeof bound === 'number' ? bound : bound(i);
    const error = Math.abs(actual[i]! - expected[i]!);
    if (!(error <= allowed)) {
      throw new Error(
        `expectWithin: value ${i} is ${actual[i]}, expected ${expected[i]}: off by ${error}, allowed ${allowed}`,
      );
    }
  }
}

/** The greatest magnitude among values. */
export function greatestMagnitude(values: ArrayLike<number>): number {
  let greatest = 0;
  for (let i = 0; i < values.length; i++) greatest = Math.max(greatest, Math.abs(values[i]!));
  return greatest;
}
