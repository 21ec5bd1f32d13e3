import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { FP4_QUANTIZE_ALL } from './kernel-name.ts';
import { fp4QuantizeAllWebGpu } from './webgpu.ts';

/** Registers `Fp4QuantizeAll`, for webgpu: the other backends quantize one matrix after the other. Idempotent. */
export function registerFp4QuantizeAll(): void {
  registerKernelOnce(FP4_QUANTIZE_ALL, 'webgpu', fp4QuantizeAllWebGpu);
}
