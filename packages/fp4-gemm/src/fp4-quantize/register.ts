import { getGradient, registerGradient } from '@tensorflow/tfjs-core';
import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { fp4QuantizeCpu } from './cpu.ts';
import { fp4QuantizeGradient } from './gradient.ts';
import { FP4_QUANTIZE } from './kernel-name.ts';
import { fp4QuantizeWasm } from './wasm.ts';
import { fp4QuantizeWebGpu } from './webgpu.ts';

/** Registers `Fp4Quantize` for every backend and its gradient. Idempotent. */
export function registerFp4Quantize(): void {
  registerKernelOnce(FP4_QUANTIZE, 'cpu', fp4QuantizeCpu);
  registerKernelOnce(FP4_QUANTIZE, 'wasm', fp4QuantizeWasm);
  registerKernelOnce(FP4_QUANTIZE, 'webgpu', fp4QuantizeWebGpu);
  if (getGradient(FP4_QUANTIZE) == null) registerGradient(fp4QuantizeGradient);
}
