import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { sumBoundsOnCpu } from './cpu.ts';
import { sumBoundsKernel } from './kernel.ts';
import { sumBoundsOnWasm } from './wasm.ts';
import { sumBoundsOnGpu } from './webgpu.ts';

/** Registers the kernel on every backend; may be called twice. */
export function registerSumBounds(): void {
  registerKernelOnce(sumBoundsKernel, 'cpu', sumBoundsOnCpu);
  registerKernelOnce(sumBoundsKernel, 'wasm', sumBoundsOnWasm);
  registerKernelOnce(sumBoundsKernel, 'webgpu', sumBoundsOnGpu);
}
