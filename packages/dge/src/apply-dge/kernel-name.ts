import type { DgeOutside } from '../dge-options.ts';

/** Name of the kernel in tfjs's registry. */
export const APPLY_DGE = 'ApplyDge';

/** Attributes of the kernel, checked and complete. */
export interface ApplyDgeAttrs {
  /** k of the surrogate |u|^(1/k), at least 1. */
  readonly k: number;
  /** Upper bound of f', positive. */
  readonly clip: number;
  /** What f' is outside [-6, 6]. */
  readonly outside: DgeOutside;
}
