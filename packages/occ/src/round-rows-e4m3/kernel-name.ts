/** Name of the kernel in tfjs's registry: input `x` `[rows, cols]`; one output of the same shape. */
export const OCC_ROUND_ROWS_E4M3 = 'OccRoundRowsE4m3';
