import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix } from '../check-operands.ts';
import { registerOcc } from '../register.ts';
import { OCC_TRANSPOSE_WEIGHT } from './kernel-name.ts';

/**
 * Returns a weight transposed, as `compensate` reads it: float32 `[K, N]`. tfjs's `transpose` on cpu and webgpu; on wasm,
 * where that moves one element at a time, several times as fast.
 *
 * @param wNK - float32 `[N, K]`
 * @throws TypeError when w is not float32
 * @throws RangeError when w is no matrix
 */
export function transposeWeight(wNK: Tensor2D): Tensor2D {
  const [n = 0, k = 0] = wNK.shape;
  checkFloatMatrix('transposeWeight', 'wNK', wNK, [n, k]);
  registerOcc();
  return engine().runKernel(OCC_TRANSPOSE_WEIGHT, { w: wNK }, {}) as Tensor2D;
}
