/**
 * Name of the kernel: inputs `codes`, `scales` and, with E4M3 scales, `tensorScale`; attributes `Fp4BlockAttributes`;
 * output float32 `[rows, cols]`.
 */
export const FP4_DEQUANTIZE = 'Fp4Dequantize';
