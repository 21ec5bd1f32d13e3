import type { AdamWCoefficients } from '../adamw-coefficients.ts';
import type { Chunk } from '../chunk-groups.ts';

/**
 * Name of the kernel, which returns nothing and updates a group of chunks in place: for chunk k the tensor
 * `parameter<k>`, from `gradient<k>`, and the group's `moments`; `clipFactor` is a scalar.
 *
 * `moments` is float32. From a chunk's offset come the first moments of its elements, padded to a multiple of 4, then
 * the second moments likewise.
 */
export const adamWUpdateKernel = 'NibbleAdamWUpdate';

/** Attributes of the kernel. */
export interface AdamWUpdateAttrs {
  readonly chunks: readonly Chunk[];
  /** Whether each chunk's weights decay. */
  readonly decays: readonly boolean[];
  readonly coefficients: AdamWCoefficients;
}

/** Words of moments that four elements take. */
export const wordsPerQuad = 8;

/** How far the second moment of an element lies behind its first, in words. */
export function secondMomentStride({ count }: Chunk): number {
  return Math.ceil(count / 4) * 4;
}
