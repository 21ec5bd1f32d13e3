import type { Tensor } from '@tensorflow/tfjs-core';

/** Sums of gradients on the device, in one of their forms. The tensors always come in the same order. */
export interface GradientSums {
  /** Adds in place, or starts anew when `replace`. */
  add(gradients: readonly Tensor[], replace: boolean): void;
  /** The sums divided by `count`; the tensors are valid until the next `add`. */
  average(count: number): readonly Tensor[];
  /** Frees the sums and the means. */
  dispose(): void;
}
