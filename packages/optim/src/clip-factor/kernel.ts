/** Name of the kernel: input `norm`. */
export const clipFactorKernel = 'NibbleClipFactor';

/** Attributes of the kernel. */
export interface ClipFactorAttrs {
  /** A float32 value. */
  readonly clipNorm: number;
}
