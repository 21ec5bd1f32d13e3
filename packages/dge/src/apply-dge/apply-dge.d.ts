import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { DgeOutside } from '../dge-options.ts';
/** Options of {@link applyDge}. */
export interface ApplyDgeOptions {
    /** At least 1. Default 5. */
    readonly k?: number;
    /** Upper bound of f', positive. Default 3. */
    readonly clip?: number;
    /** What f' is outside [-6, 6]. Default `'edge'`. */
    readonly outside?: DgeOutside;
}
/**
 * Multiplies the gradient of quantized E2M1 weights by the derivative of the surrogate, in place:
 * dW[n, k] *= min(clip, f'(w[n, k] / scale[n])) (arXiv 2501.17116, equation 6).
 *
 * Only the argument of f' is scaled: with W_q = Q(W/s)·s the factors 1/s and s of the chain rule cancel, whatever the
 * scaling, and the scale itself is not differentiated (appendix C.2, equations 14 to 22).
 *
 * Within 2e-5 (wasm) and 2e-4 (webgpu) relative of the float64 definition, the worst case being next to where the
 * clip acts; exactly dW for k = 1 and clip >= 1. A NaN quotient gives NaN on every backend.
 *
 * @param dwNK - float32 `[N, K]`, the gradient with respect to the quantized weight; overwritten.
 * @param wNK - float32 `[N, K]`, the unquantized weight.
 * @param scales - float32 `[N]` or `[1]`, the scale that multiplies on decode; 0 stands for a row of zeros.
 * @throws RangeError if shapes do not match, k is below 1 or clip is not positive.
 * @throws TypeError if `outside` is unknown, a tensor is not float32, or dW and w are the same tensor.
 */
export declare function applyDge(dwNK: Tensor2D, wNK: Tensor2D, scales: Tensor1D, options?: ApplyDgeOptions): void;
//# sourceMappingURL=apply-dge.d.ts.map