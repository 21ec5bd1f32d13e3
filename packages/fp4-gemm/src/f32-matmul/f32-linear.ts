import { customGrad } from '@tensorflow/tfjs-core';
import type { GradSaveFunc, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { f32MatMul } from './f32-matmul.ts';

/**
 * Returns `Y = X · Wᵀ` in float32 `[M, N]`, differentiable: dX = dY · W, dW = dYᵀ · X, all three by {@link f32MatMul}.
 * The high-precision counterpart of `fp4Linear`.
 *
 * @param xMK - float32 `[M, K]`
 * @param wNK - float32 `[N, K]`
 * @throws as `f32MatMul`
 */
export function f32Linear(xMK: Tensor2D, wNK: Tensor2D): Tensor2D {
  return linear(xMK, wNK) as Tensor2D;
}

const linear = customGrad((x, w, save) => {
  const [xMK, wNK] = [x as Tensor2D, w as Tensor2D];
  (save as GradSaveFunc)([xMK, wNK]);
  return {
    value: f32MatMul(xMK, wNK, { transposeB: true }),
    gradFunc: (dy: Tensor, saved: Tensor[]) => {
      const [xSaved, wSaved] = saved as [Tensor2D, Tensor2D];
      return [f32MatMul(dy as Tensor2D, wSaved), f32MatMul(dy as Tensor2D, xSaved, { transposeA: true })];
    },
  };
});
