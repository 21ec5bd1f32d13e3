/**
 * Name of the kernel, which returns nothing and moves `bounds` on by one update. Inputs: `bounds` (float32, see
 * {@link boundsLength}), `clipFactor` (float32 scalar), `statistics` (of `clippedNorm`) and `blockStarts` (int32: the
 * first block of each tensor, then the number of blocks).
 */
export const momentBoundsKernel = 'NibbleMomentBounds';

/** Attributes of the kernel: coefficients of the update, float32 values. */
export interface MomentBoundsAttrs {
  readonly beta1: number;
  readonly oneMinusBeta1: number;
  readonly beta2: number;
  readonly oneMinusBeta2: number;
}

/** Elements of `bounds`: the clip factor, then for each tensor its {@link boundsStride} bounds. */
export function boundsLength(tensors: number): number {
  return 1 + boundsStride * tensors;
}

/** Bounds of a tensor: of its first and second moments before the update, then of both after it. */
export const boundsStride = 4;
