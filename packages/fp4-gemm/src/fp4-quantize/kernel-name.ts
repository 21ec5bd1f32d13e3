/**
 * Name of the kernel: input `x` `[rows, cols]`, attributes `Fp4QuantizeAttrs`, outputs `[codes, scales]` as in
 * `Fp4Tensor`, and `tensorScale` with the E4M3 scales of blocks.
 */
export const FP4_QUANTIZE = 'Fp4Quantize';
