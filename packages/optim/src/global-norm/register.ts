import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { globalNormOnCpu } from './cpu.ts';
import { globalNormKernel } from './kernel.ts';
import { globalNormOnWasm } from './wasm.ts';
import { globalNormOnGpu } from './webgpu.ts';

/** Registers the kernel on every backend; may be called twice. */
export function registerGlobalNorm(): void {
  registerKernelOnce(globalNormKernel, 'cpu', globalNormOnCpu);
  registerKernelOnce(globalNormKernel, 'wasm', globalNormOnWasm);
  registerKernelOnce(globalNormKernel, 'webgpu', globalNormOnGpu);
}
