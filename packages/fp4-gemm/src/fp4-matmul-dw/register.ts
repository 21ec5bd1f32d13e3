import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { fp4MatMulDwCpu } from './cpu.ts';
import { FP4_MATMUL_DW } from './kernel-name.ts';
import { fp4MatMulDwWasm } from './wasm.ts';
import { fp4MatMulDwWebGpu } from './webgpu.ts';

/** Registers `Fp4MatMulDw` for every backend. Idempotent. */
export function registerFp4MatMulDw(): void {
  registerKernelOnce(FP4_MATMUL_DW, 'cpu', fp4MatMulDwCpu);
  registerKernelOnce(FP4_MATMUL_DW, 'wasm', fp4MatMulDwWasm);
  registerKernelOnce(FP4_MATMUL_DW, 'webgpu', fp4MatMulDwWebGpu);
}
