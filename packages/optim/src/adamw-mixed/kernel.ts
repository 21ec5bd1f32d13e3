import type { AdamWCoefficients } from '../adamw-coefficients.ts';
import type { Chunk } from '../chunk-groups.ts';

/**
 * Name of the kernel, which returns nothing and updates a group of chunks in place: for chunk k the tensor
 * `parameter<k>`, from `gradient<k>`, and the group's `moments`; `bounds` is what `momentBounds` left.
 *
 * `moments` is int32. From a chunk's offset come three words for four elements each: four E4M3 codes of the first
 * moments, then twice two binary16 codes of the second moments, the lowest bits first. Codes beyond the last element
 * are 0.
 */
export const adamWMixedKernel = 'NibbleAdamWMixed';

/** Attributes of the kernel. */
export interface AdamWMixedAttrs {
  readonly chunks: readonly Chunk[];
  /** Whether each chunk's weights decay. */
  readonly decays: readonly boolean[];
  readonly coefficients: AdamWCoefficients;
}

/** Words of moments that four elements take. */
export const wordsPerQuad = 3;
