import { packBlockBytes, unpackBlockBytes, type BlockBytes } from './block-bytes.ts';
import type { Quantized } from './quantize.ts';

/**
 * Returns an MXFP4 matrix as bytes: elements two to a byte and E8M0 scale codes (OCP MX v1.0, section 5; the arrays
 * `…_blocks` and `…_scales` of gpt-oss, `weight_packed` and `weight_scale` of compressed-tensors).
 *
 * @param quantized - E2M1 with granularity `{ block: 32 }` and scale `'e8m0Floor'` or `'e8m0Ceil'`.
 * @throws RangeError if blocks are of another size, words or scaleCodes of another length than the matrix asks for, or
 *   a scale is NaN; TypeError if format or scales are of another kind.
 */
export function packMxfp4(quantized: Quantized): BlockBytes {
  return packBlockBytes('packMxfp4', 'mxfp4', quantized);
}

/**
 * Reads what {@link packMxfp4} or another system wrote, as a matrix `[rows, cols]`.
 *
 * @throws RangeError if a length does not fit or a scale is NaN.
 */
export function unpackMxfp4(bytes: BlockBytes, rows: number, cols: number): Quantized {
  return unpackBlockBytes('unpackMxfp4', 'mxfp4', bytes, rows, cols, 1);
}
