import { memory } from '@tensorflow/tfjs-core';

/**
 * Runs `body` and checks that it left as many tensors as it found.
 *
 * @throws Error when tensors leaked or were disposed once too often
 */
export async function expectNoLeaks<Result>(body: () => Promise<Result>): Promise<Result> {
  const before = memory().numTensors;
  const result = await body();
  const after = memory().numTensors;
  if (after !== before)
    throw new Error(`expectNoLeaks: there were ${before} tensors before and ${after} after`);
  return result;
}
