import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { globalNormOnCpu } from './cpu.ts';
import { globalNormKernel } from './kernel.ts';

/** Registers the kernel on every backend; may be called twice. */
export function registerGlobalNorm(): void {
  registerKernelOnce(globalNormKernel, 'cpu', globalNormOnCpu);
}
