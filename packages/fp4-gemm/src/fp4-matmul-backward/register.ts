import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { fp4MatMulBackwardCpu } from './cpu.ts';
import { FP4_MATMUL_BACKWARD } from './kernel-name.ts';
import { fp4MatMulBackwardWasm } from './wasm.ts';
import { fp4MatMulBackwardWebGpu } from './webgpu.ts';

/** Registers `Fp4MatMulBackward` for every backend. Idempotent. */
export function registerFp4MatMulBackward(): void {
  registerKernelOnce(FP4_MATMUL_BACKWARD, 'cpu', fp4MatMulBackwardCpu);
  registerKernelOnce(FP4_MATMUL_BACKWARD, 'wasm', fp4MatMulBackwardWasm);
  registerKernelOnce(FP4_MATMUL_BACKWARD, 'webgpu', fp4MatMulBackwardWebGpu);
}
