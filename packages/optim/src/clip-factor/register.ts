import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { clipFactorOnCpu } from './cpu.ts';
import { clipFactorKernel } from './kernel.ts';
import { clipFactorOnWasm } from './wasm.ts';
import { clipFactorOnGpu } from './webgpu.ts';

/** Registers the kernel on every backend; may be called twice. */
export function registerClipFactor(): void {
  registerKernelOnce(clipFactorKernel, 'cpu', clipFactorOnCpu);
  registerKernelOnce(clipFactorKernel, 'wasm', clipFactorOnWasm);
  registerKernelOnce(clipFactorKernel, 'webgpu', clipFactorOnGpu);
}
