/**
 * Name of the kernel in tfjs's registry, webgpu only: inputs `xCodes`, `xScales`, `wCodes`, `wScales` as of `Fp4MatMul`,
 * `indices`, `values`, `wKN`; output float32 `[M, N]`.
 */
export const OCC_FP4_MATMUL_COMPENSATE = 'OccFp4MatMulCompensate';
