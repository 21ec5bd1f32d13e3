import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { f32MatMulCpu } from './cpu.ts';
import { F32_MATMUL } from './kernel-name.ts';

/** Registers `F32MatMul` for every backend. Idempotent. */
export function registerF32MatMul(): void {
  registerKernelOnce(F32_MATMUL, 'cpu', f32MatMulCpu);
}
