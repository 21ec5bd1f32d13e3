/** Name of the kernel: input `x` `[rows, cols]`, outputs `[codes, scales]` as in `Fp4Tensor`. */
export const FP4_QUANTIZE = 'Fp4Quantize';
