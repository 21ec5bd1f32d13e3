import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ApplyDgeAttrs } from './attrs.ts';
/** Calls the SIMD kernel on tfjs-wasm's memory. */
export declare function applyDgeWasm(inputs: KernelInputs, attrs: ApplyDgeAttrs, backend: WasmBackend): TensorInfo[];
//# sourceMappingURL=wasm.d.ts.map