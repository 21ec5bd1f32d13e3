import type { DgeOutside } from '../dge-options.ts';

/** Name of the kernel in tfjs's registry. */
export const APPLY_DGE = 'ApplyDge';

/** Attributes of the kernel, checked and complete. */
export interface ApplyDgeAttrs {
  readonly k: number;
  readonly clip: number;
  readonly outside: DgeOutside;
}
