/** Kernel name: inputs x `[M, D]` and gain `[D]`; output y `[M, D]`. */
export const RMS_NORM = 'NibbleRmsNorm';

/**
 * Kernel name: inputs x `[M, D]`, gain `[D]` and, unless there is none, delta `[M, D]`; outputs sum, x + delta or x
 * itself, and y `[M, D]`, the norm of the sum.
 */
export const RESIDUAL_RMS_NORM = 'NibbleResidualRmsNorm';

/** Kernel name: inputs dy, x, gain and, unless there is none, dSum, which is added to dx; outputs dx `[M, D]` and dgain `[D]`. */
export const RMS_NORM_GRAD = 'NibbleRmsNormGrad';

/** Attributes of the kernels. */
export type RmsNormAttrs = {
  /** Added to the mean square. */
  eps: number;
};
