import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix, checkOneOf, checkSeed } from '../fake-quantize/check-options.ts';
import type { HadamardTransformOptions } from './options.ts';
import { registerHadamard } from './register.ts';
import { runHadamard } from './run-hadamard.ts';

/**
 * The orthonormal Walsh-Hadamard transform of each block of `size` neighbours: y = H · D · x / √size with H the Sylvester
 * matrix in natural order and D the diagonal of random signs; the inverse is D · H · y / √size. Applied to both operands of
 * a product along the axis that is summed over, it leaves the product and spreads outliers (arXiv 2509.25149, section
 * 4.2).
 *
 * float32 additions in one order, so that all backends give the same bits: within log2(size) · 2^-23 of the norm of the
 * block. Differentiable.
 *
 * @param x - float32 `[rows, cols]`
 * @returns float32 `[rows, cols]`
 * @throws TypeError when x is not float32 or an option is unknown; RangeError when x is no matrix, the axis is no multiple
 *   of size or the seed is out of range
 */
export function hadamardTransform(x: Tensor2D, options: HadamardTransformOptions): Tensor2D {
  const caller = 'hadamardTransform';
  checkFloatMatrix(caller, 'x', x);
  const { size, axis = 1, seed, inverse = false } = options;
  checkOneOf(caller, 'size', size, [16, 32, 64, 128]);
  checkOneOf(caller, 'axis', axis, [0, 1]);
  checkOneOf(caller, 'inverse', inverse, [false, true]);
  if (seed !== undefined) checkSeed(caller, seed);
  if (x.shape[axis] % size !== 0) {
    throw new RangeError(
      `${caller}: axis ${axis} of x must be a multiple of size ${size}, but got ${x.shape[axis]}; pad it first`,
    );
  }
  registerHadamard();
  return runHadamard(x, { size, axis, seed: seed ?? null, inverse });
}
