import { bitsOf } from '@nibble-ml/testing';

/**
 * Checks that values have the same bits, so that -0, 0 and NaN are told apart.
 *
 * @throws Error naming the first value that differs and how many do, or a length that differs
 */
export function expectSameBits(actual: Float32Array, expected: Float32Array): void {
  if (actual.length !== expected.length) {
    throw new Error(
      `expectSameBits: there are ${actual.length} values, but ${expected.length} were expected`,
    );
  }
  const [actualBits, expectedBits] = [bitsOf(actual), bitsOf(expected)];
  const different: number[] = [];
  for (let i = 0; i < actualBits.length; i++) if (actualBits[i] !== expectedBits[i]) different.push(i);
  if (different.length === 0) return;
  const [first] = different as [number];
  throw new Error(
    `expectSameBits: ${different.length} of ${actual.length} values differ; value ${first} is ${actual[first]}, expected ${expected[first]}`,
  );
}
