import { cpuFloats } from '@nibble-ml/tfjs-bridge';
import { applyDgeReference } from "./reference.js";
/** Hands the reference to tfjs's cpu backend. */
export function applyDgeCpu(inputs, attrs, backend) {
    const { dw, w, scales } = inputs;
    const [rows, cols] = dw.shape;
    applyDgeReference(cpuFloats(backend, dw), cpuFloats(backend, w), cpuFloats(backend, scales), rows, cols, attrs.k, attrs.clip, attrs.outside);
    return [];
}
//# sourceMappingURL=cpu.js.map