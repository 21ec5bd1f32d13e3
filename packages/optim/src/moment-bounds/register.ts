import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { momentBoundsOnCpu } from './cpu.ts';
import { momentBoundsKernel } from './kernel.ts';
import { momentBoundsOnWasm } from './wasm.ts';
import { momentBoundsOnGpu } from './webgpu.ts';

/** Registers the kernel on every backend; may be called twice. */
export function registerMomentBounds(): void {
  registerKernelOnce(momentBoundsKernel, 'cpu', momentBoundsOnCpu);
  registerKernelOnce(momentBoundsKernel, 'wasm', momentBoundsOnWasm);
  registerKernelOnce(momentBoundsKernel, 'webgpu', momentBoundsOnGpu);
}
