import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { fp4BlockMatMulCpu } from './cpu.ts';
import { FP4_BLOCK_MATMUL } from './kernel-name.ts';
import { fp4BlockMatMulWasm } from './wasm.ts';
import { fp4BlockMatMulWebGpu } from './webgpu.ts';

/** Registers `Fp4BlockMatMul` for every backend. Idempotent. */
export function registerFp4BlockMatMul(): void {
  registerKernelOnce(FP4_BLOCK_MATMUL, 'cpu', fp4BlockMatMulCpu);
  registerKernelOnce(FP4_BLOCK_MATMUL, 'wasm', fp4BlockMatMulWasm);
  registerKernelOnce(FP4_BLOCK_MATMUL, 'webgpu', fp4BlockMatMulWebGpu);
}
