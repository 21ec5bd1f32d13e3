import type { DgeOutside } from '../dge-options.ts';
/**
 * The definition of the op: dW[n, k] *= f'(w[n, k] / scale[n]), the argument and f' in float64, one rounding to
 * float32 at the end. A scale of 0 makes the argument 0.
 */
export declare function applyDgeReference(dw: Float32Array, w: Float32Array, scales: Float32Array, rows: number, cols: number, k: number, clip: number, outside: DgeOutside): void;
//# sourceMappingURL=reference.d.ts.map