import { customGrad, getBackend, matMul, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { LinearOp } from './linear-op.ts';
import { runDeterministic } from './run-deterministic.ts';

/** The plain linear layer: `y = x · wᵀ` and its gradient in f32 with tfjs's own `matMul`, deterministic. */
export const denseLinear: LinearOp = (xMK, wNK) => {
  const linear = customGrad((x, w, save) => {
    (save as (tensors: Tensor[]) => void)([x as Tensor2D, w as Tensor2D]);
    return {
      value: product(x as Tensor2D, w as Tensor2D, false, true),
      gradFunc: (dyMN: Tensor2D, saved: Tensor[]) => {
        const [savedX, savedW] = saved as [Tensor2D, Tensor2D];
        return [product(dyMN, savedW, false, false), product(dyMN, savedX, true, false)];
      },
    };
  });
  return linear(xMK, wNK) as Tensor2D;
};

function product(a: Tensor2D, b: Tensor2D, transposeA: boolean, transposeB: boolean): Tensor2D {
  return runDeterministic(() =>
    // tfjs-wasm multiplies transposed operands twelve times slower than it transposes and multiplies.
    getBackend() === 'wasm'
      ? matMul(transposeA ? transpose(a) : a, transposeB ? transpose(b) : b)
      : matMul(a, b, transposeA, transposeB),
  );
}
