import { registerKernelOnce } from '@nibble-ml/tfjs-bridge';
import { APPLY_DGE } from "./apply-dge/attrs.js";
import { applyDgeCpu } from "./apply-dge/cpu.js";
import { applyDgeWasm } from "./apply-dge/wasm.js";
import { applyDgeWebGpu } from "./apply-dge/webgpu.js";
/**
 * Registers the kernels of this package for cpu, wasm and webgpu. {@link applyDge} does it by itself; calling it again
 * does nothing.
 */
export function registerDge() {
    registerKernelOnce(APPLY_DGE, 'cpu', applyDgeCpu);
    registerKernelOnce(APPLY_DGE, 'wasm', applyDgeWasm);
    registerKernelOnce(APPLY_DGE, 'webgpu', applyDgeWebGpu);
}
//# sourceMappingURL=register.js.map