/** Name of the kernel: inputs `dy`, `codes`, `scales`; attributes `cols` (K), `gradient`, `seed`; output float32 `[N, K]`. */
export const FP4_MATMUL_DW = 'Fp4MatMulDw';
