import { fp4Quantize } from '@nibble-ml/fp4-gemm';
import type { Fp4Tensor } from '@nibble-ml/fp4-gemm';
import { engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkCompensation } from '../compensation.ts';
import type { Compensation } from '../compensation.ts';
import { checkAlpha, quantileRanks, residualWidth } from '../quantile-ranks.ts';
import { registerOcc } from '../register.ts';
import { roundResidual } from '../round-residual-e4m3/round-residual-e4m3.ts';
import type { SparseRows } from '../sparse-rows.ts';
import { OCC_QUANTIZE } from './kernel-name.ts';

/** Options of {@link occQuantize}. */
export interface OccQuantizeOptions {
  /** Quantile, in (0.5, 1]: about 2(1 - alpha) of the elements are clamped. The paper's main runs use 0.99. */
  readonly alpha: number;
  /** Precision of the residual; `transposeWeight` takes the same for the weight. Default `'f32'`. */
  readonly compensation?: Compensation;
}

/** The two parts of a matrix. */
export interface OccQuantized {
  /** The clamped part in E2M1, one scale per row. */
  readonly quantized: Fp4Tensor;
  /** What was cut off; null where no element can lie outside the thresholds. */
  readonly residual: SparseRows | null;
}

/**
 * Clamps each row (token) to its two-sided quantile, quantizes the clamped part to E2M1 and returns what was cut off
 * as fixed-width sparse rows: X ≈ dequantize(quantized) + residual (arXiv 2501.17116, section 3.2). One fused kernel;
 * its four outputs are the same bits on every backend.
 *
 * The thresholds are exact: see `quantileRanks`. Scales and codes follow `fp4Quantize`, with the amax of the clamped
 * row. Where nothing can be cut off (alpha = 1, or a row too short for alpha) this is `fp4Quantize` at its cost.
 * A row that holds a NaN or infinity gets the scale NaN and no residual. Values must be below 2^127 in magnitude, or a
 * residual may overflow. The caller disposes both parts; the op is not differentiable.
 *
 * With `compensation: 'e4m3'` the residual is rounded to FP8 values ({@link Compensation}); a second, small dispatch.
 *
 * @param xMK - float32 `[M, K]`
 * @throws RangeError when alpha is out of range or x is no matrix
 * @throws TypeError when x is not float32, or the compensation is unknown
 */
export function occQuantize(
  xMK: Tensor2D,
  { alpha, compensation = 'f32' }: OccQuantizeOptions,
): OccQuantized {
  checkAlpha('occQuantize', alpha);
  checkCompensation('occQuantize', compensation);
  if (xMK.dtype !== 'float32') throw new TypeError(`occQuantize: xMK must be float32, but got ${xMK.dtype}`);
  if (xMK.rank !== 2) {
    throw new RangeError(`occQuantize: xMK must have shape [M, K], but got [${xMK.shape.join(', ')}]`);
  }
  const [rows, cols] = xMK.shape;
  const width = residualWidth(alpha, cols);
  if (width === 0) return { quantized: fp4Quantize(xMK), residual: null };

  registerOcc();
  const [codes, scales, indices, values] = engine().runKernel(
    OCC_QUANTIZE,
    { x: xMK },
    quantileRanks(alpha, cols) as unknown as NamedAttrMap,
  ) as unknown as [Tensor2D, Tensor1D, Tensor2D, Tensor2D];
  const residual = { rows, cols, width, indices, values };
  return {
    quantized: { rows, cols, codes, scales, granularity: 'vector' },
    residual: compensation === 'e4m3' ? roundResidual(residual) : residual,
  };
}
