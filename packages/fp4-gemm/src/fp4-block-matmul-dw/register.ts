import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { mixedMatMulCpu } from '../f32-matmul/cpu-mixed.ts';
import { mixedMatMulWasm } from '../f32-matmul/wasm-mixed.ts';
import { mixedMatMulWebGpu } from '../f32-matmul/webgpu-mixed.ts';
import { FP4_BLOCK_MATMUL_DW } from './kernel-name.ts';

/** Registers `Fp4BlockMatMulDw` for every backend. Idempotent. */
export function registerFp4BlockMatMulDw(): void {
  registerKernelOnce(FP4_BLOCK_MATMUL_DW, 'cpu', mixedMatMulCpu(true));
  registerKernelOnce(FP4_BLOCK_MATMUL_DW, 'wasm', mixedMatMulWasm(true));
  registerKernelOnce(FP4_BLOCK_MATMUL_DW, 'webgpu', mixedMatMulWebGpu(true));
}
