import type { ScaleKind } from '@nibble-ml/fp4-format';

/**
 * Name of the kernel, webgpu only: inputs `x0`, `x1`, … `[rows, cols]` without empty ones; outputs `[codes, scales]` of each as in
 * `Fp4Tensor`, or `[codes, scales, transposed]`.
 */
export const FP4_QUANTIZE_ALL = 'Fp4QuantizeAll';

/** Attributes of the kernel. */
export interface Fp4QuantizeAllAttrs {
  readonly scale: Exclude<ScaleKind, 'e4m3'>;
  readonly transpose: boolean;
}
