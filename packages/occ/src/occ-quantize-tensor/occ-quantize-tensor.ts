import { fp4Quantize } from '@nibble-ml/fp4-gemm';
import type { Fp4Tensor } from '@nibble-ml/fp4-gemm';
import { engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix } from '../check-operands.ts';
import { checkCompensation } from '../compensation.ts';
import type { Compensation } from '../compensation.ts';
import type { CompressedRows } from '../compressed-rows.ts';
import { checkAlpha, residualWidth } from '../quantile-ranks.ts';
import { registerOcc } from '../register.ts';
import { OCC_TENSOR_THRESHOLDS } from '../tensor-thresholds/kernel-name.ts';
import { planThresholds } from '../tensor-thresholds/threshold-plan.ts';
import type { QuantileSample } from '../tensor-thresholds/threshold-plan.ts';
import { OCC_QUANTIZE_TENSOR } from './kernel-name.ts';
import type { OccQuantizeTensorAttrs } from './kernel-name.ts';

/** Options of {@link occQuantizeTensor}. */
export interface OccQuantizeTensorOptions {
  /** Quantile, in (0.5, 1]: about 2(1 - alpha) of the elements are clamped. */
  readonly alpha: number;
  /** One scale per row, or one in all, of the clamped part. Default `'vector'`. */
  readonly granularity?: 'vector' | 'tensor';
  /** Estimates the quantile from a sample instead of selecting it exactly. */
  readonly sample?: QuantileSample;
  /** Precision of the residual; `transposeWeight` takes the same for the weight. Default `'f32'`. */
  readonly compensation?: Compensation;
}

/** The two parts of a matrix. */
export interface OccTensorQuantized {
  /** The clamped part in E2M1. */
  readonly quantized: Fp4Tensor;
  /** What was cut off; null where no element can lie outside the thresholds. */
  readonly residual: CompressedRows | null;
}

/**
 * Clamps a matrix to the two-sided quantile of all its elements, quantizes the clamped part to E2M1 and returns what was cut
 * off in compressed rows: X ≈ dequantize(quantized) + residual (arXiv 2501.17116, section 3.2; the released code's
 * tensor-wise mode). The same bits on every backend. The caller disposes both parts; the op is not differentiable.
 *
 * The thresholds are exact, by `quantileRanks` over M·K elements, found in one pass over the activation; a second one
 * quantizes. As no more than `lower + M·K - 1 - upper` elements can lie beyond them, the residual has that capacity,
 * whatever row they are in: constant shapes, and nothing is ever lost.
 *
 * With `sample` the thresholds are those of `sample.size` elements drawn from the seed, which saves the first pass. How far
 * they may be off says `sampledQuantileBounds`; the capacity is the most that it allows with probability 1 - 2^-39. Should
 * there be more entries all the same, the rows of those that do not fit get the scale NaN, so that products with them are
 * NaN.
 *
 * A row that holds a NaN or infinity gets the scale NaN (with one scale in all: that one) and no entries; it takes part in
 * the order of the elements. Where nothing can be cut off this is `fp4Quantize` at its cost. Values must be below 2^127 in
 * magnitude, or a residual may overflow.
 *
 * @param xMK - float32 `[M, K]`, of fewer than 2^31 elements
 * @throws RangeError when alpha or the sample size is out of range or x is no matrix
 * @throws TypeError when x is not float32, or granularity or compensation are unknown
 */
export function occQuantizeTensor(xMK: Tensor2D, options: OccQuantizeTensorOptions): OccTensorQuantized {
  const { alpha, granularity = 'vector', sample, compensation = 'f32' } = options;
  checkAlpha('occQuantizeTensor', alpha);
  checkCompensation('occQuantizeTensor', compensation);
  if (granularity !== 'vector' && granularity !== 'tensor') {
    throw new TypeError(
      `occQuantizeTensor: granularity must be vector or tensor, but got ${String(granularity)}`,
    );
  }
  const [rows = 0, cols = 0] = xMK.shape;
  checkFloatMatrix('occQuantizeTensor', 'xMK', xMK, [rows, cols]);
  const plan = planThresholds(alpha, rows * cols, sample);
  if (residualWidth(alpha, rows * cols) === 0) {
    return { quantized: fp4Quantize(xMK, { granularity }), residual: null };
  }

  registerOcc();
  const { capacity } = plan;
  const thresholds = engine().runKernel(
    OCC_TENSOR_THRESHOLDS,
    { x: xMK },
    plan as unknown as NamedAttrMap,
  ) as Tensor1D;
  const attrs: OccQuantizeTensorAttrs = { granularity, capacity, isE4m3: compensation === 'e4m3' };
  const [codes, scales, starts, columns, values] = engine().runKernel(
    OCC_QUANTIZE_TENSOR,
    { x: xMK, thresholds },
    attrs as unknown as NamedAttrMap,
  ) as unknown as [Tensor2D, Tensor1D, Tensor1D, Tensor1D, Tensor1D];
  thresholds.dispose();
  return {
    quantized: { rows, cols, codes, scales, granularity },
    residual: { rows, cols, capacity, starts, columns, values },
  };
}
