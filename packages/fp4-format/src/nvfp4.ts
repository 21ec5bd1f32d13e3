import { packBlockBytes, unpackBlockBytes, type BlockBytes } from './block-bytes.ts';
import { tensorScaleOf } from './block-codes.ts';
import type { Quantized } from './quantize.ts';

/** An NVFP4 matrix as the bytes of a checkpoint. */
export interface Nvfp4Bytes extends BlockBytes {
  /**
   * What multiplies every scale: `weight_scale_2` of NVIDIA ModelOpt. `weight_global_scale` of compressed-tensors is
   * its reciprocal.
   */
  readonly tensorScale: number;
}

/**
 * Returns an NVFP4 matrix as bytes: elements two to a byte, E4M3 scale codes, and the float32 of the tensor (`weight`,
 * `weight_scale` and `weight_scale_2` of NVIDIA ModelOpt; `weight_packed` and `weight_scale` of compressed-tensors).
 * Tensor cores want the scales in another order: see `tileScales`.
 *
 * @param quantized - E2M1 with granularity `{ block: 16 }` and scale `'e4m3'`.
 * @throws RangeError if blocks are of another size, words or scaleCodes of another length than the matrix asks for, or
 *   a scale is NaN or negative; TypeError if format or scales are of another kind.
 */
export function packNvfp4(quantized: Quantized): Nvfp4Bytes {
  return { ...packBlockBytes('packNvfp4', 'nvfp4', quantized), tensorScale: quantized.tensorScale! };
}

/**
 * Reads what {@link packNvfp4} or another system wrote, as a matrix `[rows, cols]`.
 *
 * @throws RangeError if a length does not fit, a scale is NaN or negative, or tensorScale is not a finite non-negative
 *   number.
 */
export function unpackNvfp4({ tensorScale, ...bytes }: Nvfp4Bytes, rows: number, cols: number): Quantized {
  const factor = tensorScaleOf('unpackNvfp4', tensorScale);
  return { ...unpackBlockBytes('unpackNvfp4', 'nvfp4', bytes, rows, cols, factor), tensorScale: factor };
}
