import { engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix, checkOptions } from './check-options.ts';
import { FAKE_QUANTIZE, FAKE_QUANTIZE_CLIPPED } from './kernel-name.ts';
import type { FakeQuantizeOptions } from './options.ts';
import { registerFakeQuantize } from './register.ts';

/**
 * Returns each element as it is after quantizing and dequantizing: y = float32(q · scale), q the element nearest to the
 * exact quotient x / scale, ties to even, saturated; or rounded stochastically. The same bits on every backend; scales and
 * elements are those of `@nibble-ml/fp4-format`.
 *
 * Differentiable: straight through (arXiv 1308.3432), with gradient 0 where x saturates ({@link fakeQuantizeGradient});
 * clip factors get theirs too ({@link fakeQuantizeClipGradient}).
 *
 * A block with NaN or infinity becomes NaN (with scale `'e4m3'` the tensor does; without scales the element).
 *
 * @param x - float32 `[rows, cols]`
 * @returns float32 `[rows, cols]`
 * @throws TypeError when a tensor is not float32, an option is unknown or does not go with the format, or stochastic
 *   rounding comes without a seed; RangeError when x is no matrix, a number is out of range or the clip factors do not
 *   fit
 */
export function fakeQuantize(x: Tensor2D, options: FakeQuantizeOptions): Tensor2D {
  checkFloatMatrix('fakeQuantize', 'x', x);
  const attrs = checkOptions('fakeQuantize', options, x.shape[0], x.shape[1]) as unknown as NamedAttrMap;
  registerFakeQuantize();
  const { clip } = options;
  return clip === undefined
    ? (engine().runKernel(FAKE_QUANTIZE, { x }, attrs) as unknown as Tensor2D)
    : (engine().runKernel(FAKE_QUANTIZE_CLIPPED, { x, clip }, attrs) as unknown as Tensor2D);
}
