import { bitsOf } from '@nibble-ml/testing';

/** Throws unless two arrays have the same bits; much faster than comparing them value by value in an assertion. */
export function expectSameBits(actual: Float32Array, expected: Float32Array): void {
  const [found, wanted] = [bitsOf(actual), bitsOf(expected)];
  const at = wanted.findIndex((bits, i) => found[i] !== bits);
  if (found.length === wanted.length && at < 0) return;
  throw new Error(
    `expectSameBits: ${expected.length} values must be alike, but got ${actual.length}, and value ${at} is ${actual[at]} instead of ${expected[at]}`,
  );
}
