import { E2M1 } from '@nibble-ml/fp4-format';
import { derivativeOnEdges } from "../derivative.js";
import { edgesOf } from "../intervals.js";
/**
 * The definition of the op: dW[n, k] *= f'(w[n, k] / scale[n]), the argument and f' in float64, one rounding to
 * float32 at the end. A scale of 0 makes the argument 0.
 */
export function applyDgeReference(dw, w, scales, rows, cols, k, clip, outside) {
    const edges = edgesOf(E2M1);
    for (let row = 0; row < rows; row++) {
        const scale = scales.length === 1 ? scales[0] : scales[row];
        for (let i = row * cols; i < (row + 1) * cols; i++) {
            const scaled = scale === 0 ? 0 : w[i] / scale;
            dw[i] = dw[i] * derivativeOnEdges(edges, scaled, k, clip, outside);
        }
    }
}
//# sourceMappingURL=reference.js.map