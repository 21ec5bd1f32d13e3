/** Kernel name: inputs x `[M, D]` and gain `[D]`; outputs y `[M, D]` and inverseRms `[M]`, for the gradient. */
export const RMS_NORM = 'NibbleRmsNorm';

/**
 * Kernel name: inputs x `[M, D]`, gain `[D]` and, unless there is none, delta `[M, D]`; outputs sum, x + delta or x
 * itself, y `[M, D]`, the norm of the sum, and inverseRms `[M]`.
 */
export const RESIDUAL_RMS_NORM = 'NibbleResidualRmsNorm';

/**
 * Kernel name: inputs dy, x, gain, inverseRms and, unless there is none, dSum, which is added to dx; outputs dx
 * `[M, D]` and dgain `[D]`.
 */
export const RMS_NORM_GRAD = 'NibbleRmsNormGrad';

/** Attributes of {@link RMS_NORM}. */
export type RmsNormAttrs = {
  /** Added to the mean square. */
  eps: number;
};

/** Attributes of {@link RESIDUAL_RMS_NORM}. */
export type ResidualRmsNormAttrs = RmsNormAttrs & {
  /** Whether the sum is used further on, so that it has a gradient. */
  sumGoesOn: boolean;
};
