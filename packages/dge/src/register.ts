import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { APPLY_DGE } from './apply-dge/kernel-name.ts';
import { applyDgeCpu } from './apply-dge/cpu.ts';
import { applyDgeWasm } from './apply-dge/wasm.ts';
import { applyDgeWebGpu } from './apply-dge/webgpu.ts';

/**
 * Registers the kernels of this package for cpu, wasm and webgpu. {@link applyDge} does it by itself; calling it again
 * does nothing.
 */
export function registerDge(): void {
  registerKernelOnce(APPLY_DGE, 'cpu', applyDgeCpu);
  registerKernelOnce(APPLY_DGE, 'wasm', applyDgeWasm);
  registerKernelOnce(APPLY_DGE, 'webgpu', applyDgeWebGpu);
}
