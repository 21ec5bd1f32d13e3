/**
 * Name of the kernel, which returns nothing and moves `bounds` on by one addition. Inputs: `bounds` (float32: for each
 * tensor the bound of its sum before the addition and after it), `statistics` (of `clippedNorm`) and `blockStarts`
 * (int32: the first block of each tensor, then the number of blocks).
 */
export const sumBoundsKernel = 'NibbleSumBounds';

/** Attributes of the kernel. */
export interface SumBoundsAttrs {
  /** Whether the new values replace the sums. */
  readonly replace: boolean;
}
