import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { spikeGuardOnCpu } from './cpu.ts';
import { spikeGuardKernel } from './kernel.ts';
import { spikeGuardOnWasm } from './wasm.ts';
import { spikeGuardOnGpu } from './webgpu.ts';

/** Registers the kernel on every backend; may be called twice. */
export function registerSpikeGuard(): void {
  registerKernelOnce(spikeGuardKernel, 'cpu', spikeGuardOnCpu);
  registerKernelOnce(spikeGuardKernel, 'wasm', spikeGuardOnWasm);
  registerKernelOnce(spikeGuardKernel, 'webgpu', spikeGuardOnGpu);
}
