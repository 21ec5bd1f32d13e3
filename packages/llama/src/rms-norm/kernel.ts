/** Kernel name: inputs x `[M, D]` and gain `[D]`; output y `[M, D]`. */
export const RMS_NORM = 'NibbleRmsNorm';

/** Kernel name: inputs dy, x and gain; outputs dx `[M, D]` and dgain `[D]`. */
export const RMS_NORM_GRAD = 'NibbleRmsNormGrad';

/** Attributes of both kernels. */
export type RmsNormAttrs = {
  /** Added to the mean square. */
  eps: number;
};
