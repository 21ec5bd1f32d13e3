import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { f32MatMulCpu } from './cpu.ts';
import { F32_MATMUL } from './kernel-name.ts';
import { f32MatMulWasm } from './wasm.ts';
import { f32MatMulWebGpu } from './webgpu.ts';

/** Registers `F32MatMul` for every backend. Idempotent. */
export function registerF32MatMul(): void {
  registerKernelOnce(F32_MATMUL, 'cpu', f32MatMulCpu);
  registerKernelOnce(F32_MATMUL, 'wasm', f32MatMulWasm);
  registerKernelOnce(F32_MATMUL, 'webgpu', f32MatMulWebGpu);
}
