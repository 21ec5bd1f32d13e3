export { fp4MatMulInputs } from './fp4-matmul/fp4-matmul.ts';
export type { Fp4MatMulInputs } from './fp4-matmul/fp4-matmul.ts';
export { runFp4MatMulWebGpu } from './fp4-matmul/webgpu.ts';
export type { SparseAddend } from './fp4-matmul/webgpu.ts';
