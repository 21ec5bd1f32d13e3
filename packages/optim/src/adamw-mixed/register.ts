import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { adamWMixedOnCpu } from './cpu.ts';
import { adamWMixedKernel } from './kernel.ts';
import { adamWMixedOnWasm } from './wasm.ts';
import { adamWMixedOnGpu } from './webgpu.ts';

/** Registers the kernel on every backend; may be called twice. */
export function registerAdamWMixed(): void {
  registerKernelOnce(adamWMixedKernel, 'cpu', adamWMixedOnCpu);
  registerKernelOnce(adamWMixedKernel, 'wasm', adamWMixedOnWasm);
  registerKernelOnce(adamWMixedKernel, 'webgpu', adamWMixedOnGpu);
}
