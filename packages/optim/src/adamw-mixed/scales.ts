import { e4m3, f16, inverseScale, scaleOf } from '../mini-float/mini-float.ts';
import { boundsStride } from '../moment-bounds/kernel.ts';

/** What codes of a tensor's moments are multiplied by: powers of two. */
export interface MomentScales {
  /** To decode the first moments. */
  readonly first: number;
  /** To decode the second moments. */
  readonly second: number;
  /** To encode the new first moments: the inverse of their scale. */
  readonly firstInverse: number;
  /** To encode the new second moments. */
  readonly secondInverse: number;
}

/** The scales of tensor number `tensor`, from what `momentBounds` left. */
export function momentScales(bounds: Float32Array, tensor: number): MomentScales {
  const at = 1 + boundsStride * tensor;
  return {
    first: scaleOf(bounds[at]!, e4m3),
    second: scaleOf(bounds[at + 1]!, f16),
    firstInverse: inverseScale(scaleOf(bounds[at + 2]!, e4m3)),
    secondInverse: inverseScale(scaleOf(bounds[at + 3]!, f16)),
  };
}
