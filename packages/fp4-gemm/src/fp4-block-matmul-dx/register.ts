import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { mixedMatMulCpu } from '../f32-matmul/cpu-mixed.ts';
import { mixedMatMulWasm } from '../f32-matmul/wasm-mixed.ts';
import { mixedMatMulWebGpu } from '../f32-matmul/webgpu-mixed.ts';
import { FP4_BLOCK_MATMUL_DX } from './kernel-name.ts';

/** Registers `Fp4BlockMatMulDx` for every backend. Idempotent. */
export function registerFp4BlockMatMulDx(): void {
  registerKernelOnce(FP4_BLOCK_MATMUL_DX, 'cpu', mixedMatMulCpu(false));
  registerKernelOnce(FP4_BLOCK_MATMUL_DX, 'wasm', mixedMatMulWasm(false));
  registerKernelOnce(FP4_BLOCK_MATMUL_DX, 'webgpu', mixedMatMulWebGpu(false));
}
