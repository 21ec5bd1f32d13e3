export { applyDgeAndCompensate } from './apply-dge-and-compensate/apply-dge-and-compensate.ts';
export { clampOutliers } from './clamp-outliers.ts';
export type { ClampedOutliers } from './clamp-outliers.ts';
export { compensateDw } from './compensate-dw/compensate-dw.ts';
export { compensate } from './compensate/compensate.ts';
export type { Compensation } from './compensation.ts';
export { disposeCompressedRows } from './compressed-rows.ts';
export type { CompressedRows } from './compressed-rows.ts';
export { fp4MatMulAndCompensate } from './fp4-matmul-and-compensate/fp4-matmul-and-compensate.ts';
export { occQuantizeTensor } from './occ-quantize-tensor/occ-quantize-tensor.ts';
export type {
  OccQuantizeTensorOptions,
  OccTensorQuantized,
} from './occ-quantize-tensor/occ-quantize-tensor.ts';
export { occQuantize } from './occ-quantize/occ-quantize.ts';
export type { OccQuantized, OccQuantizeOptions } from './occ-quantize/occ-quantize.ts';
export { occStatistics } from './occ-statistics.ts';
export type { Fidelity, OccStatistics, OccStatisticsOptions } from './occ-statistics.ts';
export { quantileRanks, residualWidth } from './quantile-ranks.ts';
export type { QuantileRanks } from './quantile-ranks.ts';
export { registerOcc } from './register.ts';
export { sampledQuantileBounds } from './sampled-quantile.ts';
export type { SampledQuantileBounds } from './sampled-quantile.ts';
export { disposeSparseRows } from './sparse-rows.ts';
export type { SparseRows } from './sparse-rows.ts';
export type { QuantileSample } from './tensor-thresholds/threshold-plan.ts';
export { transposeWeight } from './transpose-weight/transpose-weight.ts';
export type { TransposeWeightOptions } from './transpose-weight/transpose-weight.ts';
