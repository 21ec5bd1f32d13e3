/** Name of the kernel in tfjs's registry: inputs `indices`, `values` `[rows, width]`; outputs of the same names and shapes. */
export const OCC_ROUND_RESIDUAL_E4M3 = 'OccRoundResidualE4m3';
