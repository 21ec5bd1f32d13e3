/** Name of the kernel: inputs `dy`, `codes`, `scales`; attributes `cols` (K), `gradient`, `seed`; output float32 `[M, K]`. */
export const FP4_MATMUL_DX = 'Fp4MatMulDx';
