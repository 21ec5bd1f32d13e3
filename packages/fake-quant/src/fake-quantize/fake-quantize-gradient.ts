import { engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix, checkOptions } from './check-options.ts';
import { FAKE_QUANTIZE_GRADIENT } from './kernel-name.ts';
import type { FakeQuantizeOptions } from './options.ts';
import { registerFakeQuantizeGradient } from './register-gradient.ts';

/**
 * The straight-through gradient (arXiv 1308.3432) of `fakeQuantize` with respect to x: dy where x / scale is inside the
 * format, 0 where it saturates. Inside is what rounds to at most the maximum as if the format went on (|x / scale| < 7
 * for E2M1); with the scale `'quest'` it is |x / scale| <= 6.
 *
 * @param dy - float32 `[rows, cols]`
 * @param x - float32 `[rows, cols]`, what was quantized
 * @param options - those of `fakeQuantize`; rounding changes nothing, but must be valid
 * @returns float32 `[rows, cols]`; NaN where `fakeQuantize` gives NaN
 * @throws as `fakeQuantize`; RangeError when shapes differ
 */
export function fakeQuantizeGradient(dy: Tensor2D, x: Tensor2D, options: FakeQuantizeOptions): Tensor2D {
  const [dx, dclip] = runGradient('fakeQuantizeGradient', dy, x, options);
  dclip?.dispose();
  return dx as Tensor2D;
}

/**
 * The gradients of `fakeQuantize` with clip factors. dx is that of {@link fakeQuantizeGradient}. With y = q · scale and
 * scale = clip · amax / M, amax being constant, dclip is the sum over all blocks of a factor of dy · (q - x / scale) ·
 * amax / M inside the format and dy · q · amax / M where x saturates (arXiv 2505.14302, appendix E).
 *
 * dclip is summed in float32 in one order on all backends; with n terms it is off by at most n · 2^-24 of the sum of their
 * magnitudes. A factor below 2^-100 gets 0.
 *
 * @param dy - float32 `[rows, cols]`
 * @param x - float32 `[rows, cols]`, what was quantized
 * @param options - those of `fakeQuantize`, with `clip` and, if rounding is stochastic, the same seed
 * @returns `dx` `[rows, cols]` and `dclip`, of the length of `clip`
 * @throws as `fakeQuantize`; RangeError when shapes differ; TypeError when there is no `clip`
 */
export function fakeQuantizeClipGradient(
  dy: Tensor2D,
  x: Tensor2D,
  options: FakeQuantizeOptions,
): {
  /** float32 `[rows, cols]`, as {@link fakeQuantizeGradient} gives it. */
  dx: Tensor2D;
  /** float32, one gradient per factor of `clip`, in its order. */
  dclip: Tensor1D;
} {
  if (options.clip === undefined) {
    throw new TypeError(
      'fakeQuantizeClipGradient: options must have clip factors, but got none; use fakeQuantizeGradient',
    );
  }
  const [dx, dclip] = runGradient('fakeQuantizeClipGradient', dy, x, options);
  return { dx: dx as Tensor2D, dclip: dclip as Tensor1D };
}

function runGradient(caller: string, dy: Tensor2D, x: Tensor2D, options: FakeQuantizeOptions): Tensor[] {
  checkFloatMatrix(caller, 'dy', dy);
  checkFloatMatrix(caller, 'x', x);
  const [rows, cols] = x.shape;
  if (dy.shape[0] !== rows || dy.shape[1] !== cols) {
    throw new RangeError(
      `${caller}: dy and x must have the same shape, but got [${dy.shape.join(', ')}] and [${rows}, ${cols}]`,
    );
  }
  const attrs = checkOptions(caller, options, rows, cols);
  registerFakeQuantizeGradient();
  const inputs: NamedTensorMap = options.clip === undefined ? { dy, x } : { dy, x, clip: options.clip };
  return engine().runKernel(
    FAKE_QUANTIZE_GRADIENT,
    inputs,
    attrs as unknown as NamedAttrMap,
  ) as unknown as Tensor[];
}
