/**
 * Name of the kernel: inputs `xCodes`, `xScales`, `wCodes`, `wScales` and, with E4M3 scales, `xTensorScale`,
 * `wTensorScale`; attributes `BlockMatMulAttributes`; output float32 `[M, N]`.
 */
export const FP4_BLOCK_MATMUL = 'Fp4BlockMatMul';
