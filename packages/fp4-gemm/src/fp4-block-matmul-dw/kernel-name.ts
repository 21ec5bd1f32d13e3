/**
 * Name of the kernel: inputs `dy`, `codes`, `scales` and, with E4M3 scales, `tensorScale`; attributes
 * `Fp4BlockAttributes`; output float32 `[N, K]`.
 */
export const FP4_BLOCK_MATMUL_DW = 'Fp4BlockMatMulDw';
