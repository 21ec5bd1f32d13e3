import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Checks a float32 matrix.
 *
 * @throws TypeError when the dtype differs
 * @throws RangeError when the shape differs
 */
export function checkFloatMatrix(
  caller: string,
  name: string,
  tensor: Tensor,
  shape: readonly [number, number],
): void {
  if (tensor.dtype !== 'float32')
    throw new TypeError(`${caller}: ${name} must be float32, but got ${tensor.dtype}`);
  if (tensor.rank !== 2 || tensor.shape[0] !== shape[0] || tensor.shape[1] !== shape[1]) {
    throw new RangeError(
      `${caller}: ${name} must have shape [${shape.join(', ')}], but got [${tensor.shape.join(', ')}]`,
    );
  }
}

/**
 * Checks that the tensor an op overwrites is not one that it reads.
 *
 * @throws TypeError when two names stand for the same data
 */
export function checkDistinct(caller: string, written: [string, Tensor], read: [string, Tensor]): void {
  if (written[1].dataId === read[1].dataId) {
    throw new TypeError(
      `${caller}: ${written[0]} is overwritten and must not be ${read[0]}, but got one tensor`,
    );
  }
}
