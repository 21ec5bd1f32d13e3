import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { fp4DequantizeCpu } from './cpu.ts';
import { FP4_DEQUANTIZE } from './kernel-name.ts';
import { fp4DequantizeWasm } from './wasm.ts';
import { fp4DequantizeWebGpu } from './webgpu.ts';

/** Registers `Fp4Dequantize` for every backend. Idempotent. */
export function registerFp4Dequantize(): void {
  registerKernelOnce(FP4_DEQUANTIZE, 'cpu', fp4DequantizeCpu);
  registerKernelOnce(FP4_DEQUANTIZE, 'wasm', fp4DequantizeWasm);
  registerKernelOnce(FP4_DEQUANTIZE, 'webgpu', fp4DequantizeWebGpu);
}
