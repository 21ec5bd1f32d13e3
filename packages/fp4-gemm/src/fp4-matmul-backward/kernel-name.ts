/**
 * Name of the kernel: inputs `dy`, `wCodes`, `wScales`, `xCodes`, `xScales`; attributes `cols` (K), `gradient`, `seedDx`,
 * `seedDw`; outputs float32 dX `[M, K]` and dW `[N, K]`.
 */
export const FP4_MATMUL_BACKWARD = 'Fp4MatMulBackward';
