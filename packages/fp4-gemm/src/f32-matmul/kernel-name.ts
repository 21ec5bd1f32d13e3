/** Name of the kernel: inputs `a`, `b`; attributes as in `F32MatMulOptions`; output float32 `[M, N]`. */
export const F32_MATMUL = 'F32MatMul';
