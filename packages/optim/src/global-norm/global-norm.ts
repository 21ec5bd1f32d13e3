import { engine } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Scalar, Tensor } from '@tensorflow/tfjs-core';
import { globalNormKernel } from './kernel.ts';
import { registerGlobalNorm } from './register.ts';

/**
 * The Euclidean norm of all elements of all `tensors`, as a scalar on the device: nothing is read back.
 *
 * Two stages in float32 and a fixed order: partial sums of squares over blocks of 4,096 elements in 64 interleaved
 * lanes, then one sum over the partial sums. Relative error at most (141 + P / 64) · 2⁻²⁵ for P partial sums, to first
 * order. The norm is NaN when an element is NaN or infinite, or when the sum of squares overflows float32 (a norm over
 * 1.8·10¹⁹); squares of elements below 10⁻¹⁹ vanish.
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
  const inputs: NamedTensorMap = {};
  for (const [index, x] of tensors.entries()) {
    if (x.dtype !== 'float32') {
      throw new TypeError(`globalNorm: tensor ${index} must be float32, but got ${x.dtype}; cast it first`);
    }
    inputs[`x${index}`] = x;
  }
  registerGlobalNorm();
  const [norm, partials] = engine().runKernel(globalNormKernel, inputs) as unknown as [Scalar, Tensor];
  partials.dispose();
  return norm;
}
