import { engine } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { numberedInputs } from '../grouped-inputs.ts';
import { globalNormKernel, neverClip } from './kernel.ts';
import type { GlobalNormAttrs } from './kernel.ts';
import { registerGlobalNorm } from './register.ts';

/** What is known of gradients before they are used. All on the device and owned by the caller. */
export interface ClippedNorm {
  /** The global norm, float32 scalar; NaN when an element is not finite. */
  readonly norm: Scalar;
  /** min(1, clipNorm / norm), float32 scalar; 0 when the norm is NaN, the mark of an update to leave out. */
  readonly clipFactor: Scalar;
  /** Sums of squares of all blocks of all tensors, then the blocks' largest magnitudes; see `reference.ts`. */
  readonly statistics: Tensor1D;
}

/**
 * Norm, clip factor and block statistics of float32 tensors, in two stages.
 *
 * @param clipNorm - a positive number, or null never to clip
 */
export function clippedNorm(tensors: readonly Tensor[], clipNorm: number | null): ClippedNorm {
  registerGlobalNorm();
  const attrs: GlobalNormAttrs = { clipNorm: Math.fround(clipNorm ?? neverClip) };
  const outputs = engine().runKernel(globalNormKernel, numberedInputs('x', tensors), { ...attrs }) as unknown;
  const [norm, clipFactor, statistics] = outputs as [Scalar, Scalar, Tensor1D];
  return { norm, clipFactor, statistics };
}
