import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { fp4DequantizeCpu } from './cpu.ts';
import { FP4_DEQUANTIZE } from './kernel-name.ts';
import { fp4DequantizeWasm } from './wasm.ts';

/** Registers `Fp4Dequantize` for every backend. Idempotent. */
export function registerFp4Dequantize(): void {
  registerKernelOnce(FP4_DEQUANTIZE, 'cpu', fp4DequantizeCpu);
  registerKernelOnce(FP4_DEQUANTIZE, 'wasm', fp4DequantizeWasm);
}
