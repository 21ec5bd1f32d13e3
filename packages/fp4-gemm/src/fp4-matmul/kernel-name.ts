/**
 * Name of the kernel: inputs `xCodes`, `xScales`, `wCodes`, `wScales`; attributes `cols` (K), and `gradient` and `seed` for
 * the backward pass; output float32 `[M, N]`.
 *
 * Two more inputs, `x` and `w`, are never read: they are the float32 matrices that the codes came from, and tell the
 * tape where straight-through gradients go.
 */
export const FP4_MATMUL = 'Fp4MatMul';
