import { applyDge } from '@nibble-ml/dge';
import type { ApplyDgeOptions } from '@nibble-ml/dge';
import { checkApplyDge } from '@nibble-ml/dge/webgpu';
import { engine, getBackend } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkCompensateDw, compensateDw } from '../compensate-dw/compensate-dw.ts';
import { registerOcc } from '../register.ts';
import type { SparseRows } from '../sparse-rows.ts';
import { OCC_DGE_COMPENSATE_DW } from './kernel-name.ts';
import type { DgeCompensateDwAttrs } from './kernel-name.ts';

/**
 * Completes the gradient of weights that were quantized, with a residual that was not, in place:
 * dW[n, k] = dW[n, k] · min(clip, f'(w[n, k] / scale[n])) + Σ_m dY[m, n] · ΔX[m, k] (arXiv 2501.17116, equations 6 and 9).
 *
 * `applyDge` and then `compensateDw`, with their bits; on webgpu in one dispatch, which reads and writes dW once.
 *
 * @param dwNK - float32 `[N, K]`, the gradient with respect to the quantized weight; overwritten
 * @param dyMN - float32 `[M, N]`
 * @param residual - ΔX, `[M, K]`, of `occQuantize`
 * @param wNK - float32 `[N, K]`, the unquantized weight
 * @param scales - of the weight, as `applyDge` takes them
 * @throws RangeError, TypeError as `applyDge` and `compensateDw` do
 */
export function applyDgeAndCompensate(
  dwNK: Tensor2D,
  dyMN: Tensor2D,
  residual: SparseRows,
  wNK: Tensor2D,
  scales: Tensor1D,
  options: ApplyDgeOptions = {},
): void {
  const caller = 'applyDgeAndCompensate';
  const dge = checkApplyDge(caller, dwNK, wNK, scales, options);
  checkCompensateDw(caller, dwNK, dyMN, residual);
  const { rows: m, cols: k, width, indices, values } = residual;
  const [n] = dwNK.shape;
  // Without a slot dW takes no sum, not even one of 0.
  if (getBackend() !== 'webgpu' || m * n * k * width === 0) {
    applyDge(dwNK, wNK, scales, options);
    compensateDw(dwNK, dyMN, residual);
    return;
  }
  registerOcc();
  const perScale = options.block ?? (scales.size === 1 ? n * k : k);
  const attrs: DgeCompensateDwAttrs = { ...dge, perScale };
  const inputs = { dw: dwNK, dy: dyMN, indices, values, w: wNK, scales };
  engine().runKernel(OCC_DGE_COMPENSATE_DW, inputs, attrs as unknown as NamedAttrMap);
}
