/** Name of the kernel: inputs `dy`, `codes`, `scales`; attribute `cols` (K); output float32 `[N, K]`. */
export const FP4_MATMUL_DW = 'Fp4MatMulDw';
