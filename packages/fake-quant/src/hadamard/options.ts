/** Options of {@link hadamardTransform}. */
export interface HadamardTransformOptions {
  /** Elements of a block; the axis must be a multiple of it. */
  readonly size: 16 | 32 | 64 | 128;
  /** Along which axis blocks lie: 1 (default) along the rows, 0 down the columns. */
  readonly axis?: 0 | 1;
  /**
   * Random signs, the same for every block: those that `randomSigns(size, seed)` of `@nibble-ml/fp4-format` gives. An
   * integer from 0 to 2^32 - 1; default no signs.
   */
  readonly seed?: number;
  /** Whether to undo the transform; default false. */
  readonly inverse?: boolean;
}

/** Attributes of the kernel, checked and complete. */
export interface HadamardAttrs {
  readonly size: number;
  readonly axis: 0 | 1;
  readonly seed: number | null;
  readonly inverse: boolean;
}
