import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { OCC_COMPENSATE_DW_COMPRESSED } from '../compensate-dw-compressed/kernel-name.ts';
import type { CompressedRows } from '../compressed-rows.ts';
import { checkDistinct, checkFloatMatrix } from '../check-operands.ts';
import { registerOcc } from '../register.ts';
import type { SparseRows } from '../sparse-rows.ts';
import { OCC_COMPENSATE_DW } from './kernel-name.ts';

/**
 * Adds the sparse residual's share of the weight gradient, in place: dW[n, k] += Σ_m dY[m, n] · ΔX[m, k]. The
 * forward product uses the unquantized weight, so this share takes no factor of the gradient estimator.
 *
 * float32, m ascending, without atomics: the same bits run to run and on every backend (a webgpu device may fuse a
 * multiply and an add in hardware). With c entries in column k, |error| ≤ (c + 1) · 2^-24 · (|dW| + Σ|dY·ΔX|).
 *
 * @param dwNK - float32 `[N, K]`; overwritten
 * @param dyMN - float32 `[M, N]`
 * @param residual - ΔX, `[M, K]`, of `occQuantize` or `occQuantizeTensor`
 * @throws RangeError when shapes do not match
 * @throws TypeError when a tensor is not float32, or dW and dY are the same tensor
 */
export function compensateDw(dwNK: Tensor2D, dyMN: Tensor2D, residual: SparseRows | CompressedRows): void {
  checkCompensateDw('compensateDw', dwNK, dyMN, residual);
  registerOcc();
  if ('starts' in residual) {
    const { starts, columns, values } = residual;
    engine().runKernel(OCC_COMPENSATE_DW_COMPRESSED, { dw: dwNK, dy: dyMN, starts, columns, values }, {});
    return;
  }
  const { indices, values } = residual;
  engine().runKernel(OCC_COMPENSATE_DW, { dw: dwNK, dy: dyMN, indices, values }, {});
}

/** Checks the operands of {@link compensateDw} on behalf of `caller`. */
export function checkCompensateDw(
  caller: string,
  dwNK: Tensor2D,
  dyMN: Tensor2D,
  { rows, cols }: SparseRows | CompressedRows,
): void {
  const n = dwNK.shape[0] ?? 0;
  checkFloatMatrix(caller, 'dwNK', dwNK, [n, cols]);
  checkFloatMatrix(caller, 'dyMN', dyMN, [rows, n]);
  checkDistinct(caller, ['dwNK', dwNK], ['dyMN', dyMN]);
}
