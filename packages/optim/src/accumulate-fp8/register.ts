import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { accumulateFp8OnCpu, averageFp8OnCpu } from './cpu.ts';
import { accumulateFp8Kernel, averageFp8Kernel } from './kernel.ts';
import { accumulateFp8OnWasm, averageFp8OnWasm } from './wasm.ts';
import { accumulateFp8OnGpu, averageFp8OnGpu } from './webgpu.ts';

/** Registers the kernels on every backend; may be called twice. */
export function registerAccumulateFp8(): void {
  registerKernelOnce(accumulateFp8Kernel, 'cpu', accumulateFp8OnCpu);
  registerKernelOnce(accumulateFp8Kernel, 'wasm', accumulateFp8OnWasm);
  registerKernelOnce(accumulateFp8Kernel, 'webgpu', accumulateFp8OnGpu);
  registerKernelOnce(averageFp8Kernel, 'cpu', averageFp8OnCpu);
  registerKernelOnce(averageFp8Kernel, 'wasm', averageFp8OnWasm);
  registerKernelOnce(averageFp8Kernel, 'webgpu', averageFp8OnGpu);
}
