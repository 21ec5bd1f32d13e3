import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { clippedNorm } from './clipped-norm.ts';

/**
 * The Euclidean norm of all elements of all `tensors`, as a scalar on the device: nothing is read back.
 *
 * Two stages in float32 and a fixed order: sums of squares over blocks of 4,096 elements in 64 interleaved lanes, then
 * one sum over the blocks. Relative error at most (141 + P / 64) · 2⁻²⁵ for P blocks, to first order. The norm is NaN
 * when an element is NaN or infinite, or when the sum of squares overflows float32 (a norm over 1.8·10¹⁹); squares of
 * elements below 10⁻¹⁹ vanish.
 *
 * @param tensors - float32 tensors of any shape
 * @returns float32 scalar, owned by the caller
 * @throws RangeError when there are no tensors
 * @throws TypeError when a tensor is not float32
 */
export function globalNorm(tensors: readonly Tensor[]): Scalar {
  if (tensors.length === 0) {
    throw new RangeError('globalNorm: there must be at least one tensor, but got none; pass the gradients');
  }
  for (const [index, { dtype }] of tensors.entries()) {
    if (dtype === 'float32') continue;
    throw new TypeError(`globalNorm: tensor ${index} must be float32, but got ${dtype}; cast it first`);
  }
  const { norm, clipFactor, statistics } = clippedNorm(tensors, null);
  clipFactor.dispose();
  statistics.dispose();
  return norm;
}
