import { fp4MatMul } from '@nibble-ml/fp4-gemm';
import type { Fp4Tensor } from '@nibble-ml/fp4-gemm';
import { fp4MatMulInputs } from '@nibble-ml/fp4-gemm/webgpu';
import { engine, getBackend } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix } from '../check-operands.ts';
import { compensate } from '../compensate/compensate.ts';
import type { CompressedRows } from '../compressed-rows.ts';
import { registerOcc } from '../register.ts';
import type { SparseRows } from '../sparse-rows.ts';
import { OCC_FP4_MATMUL_COMPENSATE } from './kernel-name.ts';

/**
 * Returns the product of a linear layer with its outliers compensated, float32 `[M, N]`: Y = Q(X) · Q(W)ᵀ + ΔX · Wᵀ
 * (arXiv 2501.17116, section 3.2).
 *
 * `fp4MatMul` and then `compensate`, with their bits; on webgpu in one dispatch, which writes Y once, unless the
 * residual is `CompressedRows`, an operand is scaled by blocks, or a software adapter would have more than 4 slots in a
 * row. Not differentiable.
 *
 * @param xMK - clamped activations `[M, K]`
 * @param wNK - weights `[N, K]`
 * @param residual - ΔX, `[M, K]`, of `occQuantize` or `occQuantizeTensor`
 * @param wKN - float32 `[K, N]`: the unquantized weight transposed, as `compensate` takes it
 * @throws RangeError, TypeError as `fp4MatMul` and `compensate` do
 */
export function fp4MatMulAndCompensate(
  xMK: Fp4Tensor,
  wNK: Fp4Tensor,
  residual: SparseRows | CompressedRows,
  wKN: Tensor2D,
): Tensor2D {
  const caller = 'fp4MatMulAndCompensate';
  if (residual.rows !== xMK.rows || residual.cols !== xMK.cols) {
    throw new RangeError(
      `${caller}: residual must have shape [${xMK.rows}, ${xMK.cols}], but got [${residual.rows}, ${residual.cols}]`,
    );
  }
  checkFloatMatrix(caller, 'wKN', wKN, [xMK.cols, wNK.rows]);
  const isEmpty = xMK.rows * xMK.cols * wNK.rows === 0;
  if (isEmpty || residual.values.size === 0) return fp4MatMul(xMK, wNK);
  const isPlain = typeof xMK.granularity === 'string' && typeof wNK.granularity === 'string';
  if (getBackend() !== 'webgpu' || 'starts' in residual || !isPlain) {
    const yMN = fp4MatMul(xMK, wNK);
    compensate(yMN, residual, wKN);
    return yMN;
  }
  const { indices, values } = residual;
  registerOcc();
  const inputs = { ...fp4MatMulInputs(caller, xMK, wNK), indices, values, wKN };
  return engine().runKernel(OCC_FP4_MATMUL_COMPENSATE, inputs, {}) as Tensor2D;
}
