import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { OCC_COMPENSATE_COMPRESSED } from '../compensate-compressed/kernel-name.ts';
import type { CompressedRows } from '../compressed-rows.ts';
import { checkDistinct, checkFloatMatrix } from '../check-operands.ts';
import { registerOcc } from '../register.ts';
import type { SparseRows } from '../sparse-rows.ts';
import { OCC_COMPENSATE } from './kernel-name.ts';

/**
 * Adds the product of the sparse residual with a weight to a GeMM's output, in place: y += ΔX · W
 * (arXiv 2501.17116, section 3.2).
 *
 * In FP8 where residual and weight were made with `compensation: 'e4m3'`: their values are E4M3 values then.
 *
 * float32, y first and then the slots in ascending column order: the error is at most width + 1 roundings of the sum of
 * magnitudes, |error| ≤ (width + 1) · 2^-24 · (|y| + Σ|ΔX·W|). The same bits on every backend (a webgpu device may
 * fuse a multiply and an add in hardware).
 *
 * @param yMN - float32 `[M, N]`; overwritten
 * @param residual - ΔX, `[M, K]`, of `occQuantize` or `occQuantizeTensor`
 * @param wKN - float32 `[K, N]`: the unquantized weight transposed, so that the rows it reads are contiguous
 * @throws RangeError when shapes do not match
 * @throws TypeError when a tensor is not float32, or y and w are the same tensor
 */
export function compensate(yMN: Tensor2D, residual: SparseRows | CompressedRows, wKN: Tensor2D): void {
  const cols = wKN.shape[1] ?? 0;
  checkFloatMatrix('compensate', 'yMN', yMN, [residual.rows, cols]);
  checkFloatMatrix('compensate', 'wKN', wKN, [residual.cols, cols]);
  checkDistinct('compensate', ['yMN', yMN], ['wKN', wKN]);
  registerOcc();
  if ('starts' in residual) {
    const { starts, columns, values } = residual;
    engine().runKernel(OCC_COMPENSATE_COMPRESSED, { y: yMN, starts, columns, values, w: wKN }, {});
    return;
  }
  const { indices, values } = residual;
  engine().runKernel(OCC_COMPENSATE, { y: yMN, indices, values, w: wKN }, {});
}
