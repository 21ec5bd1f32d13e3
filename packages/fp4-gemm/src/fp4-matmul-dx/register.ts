import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { fp4MatMulDxCpu } from './cpu.ts';
import { FP4_MATMUL_DX } from './kernel-name.ts';
import { fp4MatMulDxWasm } from './wasm.ts';
import { fp4MatMulDxWebGpu } from './webgpu.ts';

/** Registers `Fp4MatMulDx` for every backend. Idempotent. */
export function registerFp4MatMulDx(): void {
  registerKernelOnce(FP4_MATMUL_DX, 'cpu', fp4MatMulDxCpu);
  registerKernelOnce(FP4_MATMUL_DX, 'wasm', fp4MatMulDxWasm);
  registerKernelOnce(FP4_MATMUL_DX, 'webgpu', fp4MatMulDxWebGpu);
}
