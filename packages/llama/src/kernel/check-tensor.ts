import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Checks the dtype and rank of an argument.
 *
 * @throws TypeError when it has another dtype
 * @throws RangeError when it has another rank
 */
export function checkTensor(
  functionName: string,
  argument: string,
  tensor: Tensor,
  dtype: 'float32' | 'int32',
  rank: number,
): void {
  if (tensor.dtype !== dtype) {
    throw new TypeError(
      `${functionName}: ${argument} must be ${dtype}, but got ${tensor.dtype}; cast it first`,
    );
  }
  if (tensor.rank !== rank) {
    throw new RangeError(
      `${functionName}: ${argument} must have ${rank} dimension${rank === 1 ? '' : 's'}, but got shape [${tensor.shape.join(', ')}]; reshape it first`,
    );
  }
}

/**
 * Checks that an argument is an integer of at least `least`.
 *
 * @throws RangeError when it is not
 */
export function checkCount(functionName: string, argument: string, value: number, least = 1): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(
      `${functionName}: ${argument} must be an integer of at least ${least}, but got ${value}`,
    );
  }
}
