/**
 * Name of the kernel: inputs `x0`, `x1`, …; outputs the norm, the clip factor and the block statistics (sums of squares
 * of all blocks, then the largest magnitudes of all blocks).
 */
export const globalNormKernel = 'NibbleGlobalNorm';

/** Attributes of the kernel. */
export interface GlobalNormAttrs {
  /** A float32 value; {@link neverClip} never to clip. */
  readonly clipNorm: number;
}

/** The largest float32, which stands for "never clip": infinity may not reach a shader. */
export const neverClip = 3.4028234663852886e38;
