/** Name of the kernel: inputs `codes`, `scales`; attribute `cols`; output float32 `[rows, cols]`. */
export const FP4_DEQUANTIZE = 'Fp4Dequantize';
