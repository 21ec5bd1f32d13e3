import { heapOffset, wasmKernels } from '@nibble-ml/tfjs-bridge/wasm';
import { wasmBinary } from "../wasm-binary.generated.js";
/** Calls the SIMD kernel on tfjs-wasm's memory. */
export function applyDgeWasm(inputs, attrs, backend) {
    const { dw, w, scales } = inputs;
    const [rows, cols] = dw.shape;
    const { k, clip, outside } = attrs;
    wasmKernels(backend, wasmBinary).applyDge(heapOffset(backend, dw), heapOffset(backend, w), heapOffset(backend, scales), scales.shape[0] === 1 ? 0 : 1, rows, cols, 1 / k - 1, 1 / k, clip, outside === 'msAmp' ? 1 : 0);
    return [];
}
//# sourceMappingURL=wasm.js.map