import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { accumulateOnCpu, scaleInPlaceOnCpu } from './cpu.ts';
import { accumulateKernel, scaleInPlaceKernel } from './kernel.ts';

/** Registers the kernels on every backend; may be called twice. */
export function registerAccumulate(): void {
  registerKernelOnce(accumulateKernel, 'cpu', accumulateOnCpu);
  registerKernelOnce(scaleInPlaceKernel, 'cpu', scaleInPlaceOnCpu);
}
