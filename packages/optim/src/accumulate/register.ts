import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { accumulateOnCpu, scaleInPlaceOnCpu } from './cpu.ts';
import { accumulateKernel, scaleInPlaceKernel } from './kernel.ts';
import { accumulateOnWasm, scaleInPlaceOnWasm } from './wasm.ts';
import { accumulateOnGpu, scaleInPlaceOnGpu } from './webgpu.ts';

/** Registers the kernels on every backend; may be called twice. */
export function registerAccumulate(): void {
  registerKernelOnce(accumulateKernel, 'cpu', accumulateOnCpu);
  registerKernelOnce(accumulateKernel, 'wasm', accumulateOnWasm);
  registerKernelOnce(accumulateKernel, 'webgpu', accumulateOnGpu);
  registerKernelOnce(scaleInPlaceKernel, 'cpu', scaleInPlaceOnCpu);
  registerKernelOnce(scaleInPlaceKernel, 'wasm', scaleInPlaceOnWasm);
  registerKernelOnce(scaleInPlaceKernel, 'webgpu', scaleInPlaceOnGpu);
}
