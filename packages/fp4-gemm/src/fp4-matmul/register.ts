import { getGradient, registerGradient } from '@tensorflow/tfjs-core';
import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { fp4MatMulCpu } from './cpu.ts';
import { fp4MatMulGradient } from './gradient.ts';
import { FP4_MATMUL } from './kernel-name.ts';
import { fp4MatMulWasm } from './wasm.ts';
import { fp4MatMulWebGpu } from './webgpu.ts';

/** Registers `Fp4MatMul` for every backend and its gradient. Idempotent. */
export function registerFp4MatMul(): void {
  registerKernelOnce(FP4_MATMUL, 'cpu', fp4MatMulCpu);
  registerKernelOnce(FP4_MATMUL, 'wasm', fp4MatMulWasm);
  registerKernelOnce(FP4_MATMUL, 'webgpu', fp4MatMulWebGpu);
  if (getGradient(FP4_MATMUL) == null) registerGradient(fp4MatMulGradient);
}
