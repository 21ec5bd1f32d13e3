import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { adamWUpdateOnCpu } from './cpu.ts';
import { adamWUpdateKernel } from './kernel.ts';
import { adamWUpdateOnWasm } from './wasm.ts';
import { adamWUpdateOnGpu } from './webgpu.ts';

/** Registers the kernel on every backend; may be called twice. */
export function registerAdamWUpdate(): void {
  registerKernelOnce(adamWUpdateKernel, 'cpu', adamWUpdateOnCpu);
  registerKernelOnce(adamWUpdateKernel, 'wasm', adamWUpdateOnWasm);
  registerKernelOnce(adamWUpdateKernel, 'webgpu', adamWUpdateOnGpu);
}
