import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix } from '../check-operands.ts';
import { checkCompensation } from '../compensation.ts';
import type { Compensation } from '../compensation.ts';
import { registerOcc } from '../register.ts';
import { OCC_ROUND_ROWS_E4M3 } from '../round-rows-e4m3/kernel-name.ts';
import { OCC_TRANSPOSE_WEIGHT } from './kernel-name.ts';

/** Options of {@link transposeWeight}. */
export interface TransposeWeightOptions {
  /** Precision of the weight; `occQuantize` takes the same for the residual. Default `'f32'`. */
  readonly compensation?: Compensation;
}

/**
 * Returns a weight transposed, as `compensate` reads it: float32 `[K, N]`. tfjs's `transpose` on cpu and webgpu; on wasm,
 * where that moves one element at a time, several times as fast.
 *
 * With `compensation: 'e4m3'` each output channel is rounded to FP8 values first ({@link Compensation}). A channel that holds
 * a NaN or infinity becomes NaN then.
 *
 * @param wNK - float32 `[N, K]`
 * @throws TypeError when w is not float32, or the compensation is unknown
 * @throws RangeError when w is no matrix
 */
export function transposeWeight(
  wNK: Tensor2D,
  { compensation = 'f32' }: TransposeWeightOptions = {},
): Tensor2D {
  const [n = 0, k = 0] = wNK.shape;
  checkFloatMatrix('transposeWeight', 'wNK', wNK, [n, k]);
  checkCompensation('transposeWeight', compensation);
  registerOcc();
  if (compensation === 'f32') return engine().runKernel(OCC_TRANSPOSE_WEIGHT, { w: wNK }, {}) as Tensor2D;
  const rounded = engine().runKernel(OCC_ROUND_ROWS_E4M3, { x: wNK }, {}) as Tensor2D;
  const transposed = engine().runKernel(OCC_TRANSPOSE_WEIGHT, { w: rounded }, {}) as Tensor2D;
  rounded.dispose();
  return transposed;
}
