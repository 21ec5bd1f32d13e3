/**
 * Name of the kernel that returns nothing and updates tensors in place: `sum<k>` ← `x<k>`, or `sum<k>` ← `sum<k>` +
 * `x<k>`.
 */
export const accumulateKernel = 'NibbleAccumulate';

/** Attributes of the kernel. */
export interface AccumulateAttrs {
  /** How many sums there are. */
  readonly tensors: number;
  /** Whether the new values replace the sums. */
  readonly replace: boolean;
}

/** Name of the kernel that returns nothing and updates tensors in place: `x<k>` ← factor · `x<k>`. */
export const scaleInPlaceKernel = 'NibbleScaleInPlace';

/** Attributes of the kernel. */
export interface ScaleInPlaceAttrs {
  /** How many tensors there are. */
  readonly tensors: number;
  /** A float32 value. */
  readonly factor: number;
}
