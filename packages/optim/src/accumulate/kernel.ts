/** Name of the kernel that returns nothing and updates `sum` in place: sum ← x, or sum ← sum + x. */
export const accumulateKernel = 'NibbleAccumulate';

/** Attributes of the kernel. */
export interface AccumulateAttrs {
  /** Whether `x` replaces the sum. */
  readonly replace: boolean;
}

/** Name of the kernel that returns nothing and updates `x` in place: x ← factor · x. */
export const scaleInPlaceKernel = 'NibbleScaleInPlace';

/** Attributes of the kernel. */
export interface ScaleInPlaceAttrs {
  /** A float32 value. */
  readonly factor: number;
}
