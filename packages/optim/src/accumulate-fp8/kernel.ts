import type { Chunk, ChunkGroup } from '../chunk-groups.ts';

/** How a sum's elements are coded. */
export type Fp8Format = 'e4m3' | 'e5m2';

/**
 * Name of the kernel, which returns nothing and adds to a group of chunks in place: for chunk k the tensor `x<k>` to
 * the group's `codes`; `bounds` is what `sumBounds` left, and decides the scales.
 *
 * `codes` is int32, four codes a word from a chunk's offset, the lowest bits first. Codes beyond the last element are 0.
 */
export const accumulateFp8Kernel = 'NibbleAccumulateFp8';

/** Attributes of the kernel. */
export interface AccumulateFp8Attrs {
  readonly chunks: readonly Chunk[];
  readonly format: Fp8Format;
  /** Whether the new values replace the sums. */
  readonly replace: boolean;
}

/**
 * Name of the kernel that returns factor · sum for every tensor, in float32, from the codes of all groups (`codes0`,
 * `codes1`, …) and `bounds`.
 */
export const averageFp8Kernel = 'NibbleAverageFp8';

/** Attributes of the kernel. */
export interface AverageFp8Attrs {
  /** Of the tensors. */
  readonly shapes: readonly (readonly number[])[];
  readonly groups: readonly ChunkGroup[];
  readonly format: Fp8Format;
  /** A float32 value. */
  readonly factor: number;
}

/** Words of codes that four elements take. */
export const wordsPerQuad = 1;
