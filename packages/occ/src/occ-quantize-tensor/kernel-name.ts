/**
 * Name of the kernel in tfjs's registry: inputs `x` `[M, K]`, `thresholds` `[2]`; outputs `[codes, scales, starts, columns,
 * values]`.
 */
export const OCC_QUANTIZE_TENSOR = 'OccQuantizeTensor';

/** Attributes of the kernel. */
export interface OccQuantizeTensorAttrs {
  /** One scale per row, or one in all. */
  readonly granularity: 'vector' | 'tensor';
  /** Room for entries of the residual. */
  readonly capacity: number;
  /** Whether the entries are rounded to E4M3. */
  readonly isE4m3: boolean;
}
