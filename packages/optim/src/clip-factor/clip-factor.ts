import { engine } from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { registerClipFactor } from './register.ts';
import { clipFactorKernel } from './kernel.ts';
import type { ClipFactorAttrs } from './kernel.ts';

// Stands for "never clip": infinity may not reach a shader.
const largestFloat = 3.4028234663852886e38;

/**
 * What gradients are multiplied by so that their global norm is at most `clipNorm`: min(1, clipNorm / norm), as a scalar
 * on the device.
 *
 * The factor is 0 when `norm` is NaN or infinite, which `AdamW` takes to mean: leave weights and moments alone.
 *
 * @param norm - float32 scalar, of {@link globalNorm}
 * @param clipNorm - a positive number, or null never to clip
 * @returns float32 scalar, owned by the caller
 * @throws RangeError when `clipNorm` is not positive and finite
 */
export function clipFactor(norm: Scalar, clipNorm: number | null): Scalar {
  if (clipNorm !== null && !(clipNorm > 0 && clipNorm <= largestFloat)) {
    throw new RangeError(
      `clipFactor: clipNorm must be positive and finite, but got ${clipNorm}; pass null not to clip`,
    );
  }
  registerClipFactor();
  const attrs: ClipFactorAttrs = { clipNorm: Math.fround(clipNorm ?? largestFloat) };
  return engine().runKernel(clipFactorKernel, { norm }, { ...attrs }) as Scalar;
}
