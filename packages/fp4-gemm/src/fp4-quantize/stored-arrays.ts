import { packScaleCodes } from '../fp4-scales/block-scales.ts';
import type { QuantizeLayout } from './quantize-layout.ts';
import type { QuantizedArrays } from './reference.ts';

/** The contents of the kernel's outputs. */
export interface StoredArrays {
  readonly words: Int32Array;
  readonly scales: Float32Array | Int32Array;
  readonly tensorScale?: Float32Array;
}

/** Returns a quantized matrix as an `Fp4Tensor` stores it: scale codes packed, for blocks with byte scales. */
export function storedArrays(
  { words, scales, scaleCodes, tensorScale }: QuantizedArrays,
  rows: number,
  { format, rowScales }: QuantizeLayout,
): StoredArrays {
  if (format === 'f32') return { words, scales };
  const packed = packScaleCodes(scaleCodes!, rows, rowScales);
  if (format === 'e8m0') return { words, scales: packed };
  return { words, scales: packed, tensorScale: nanAsCanonical(tensorScale!) };
}

/** NaN with the bits that kernels give it. */
function nanAsCanonical(value: number): Float32Array {
  const floats = Float32Array.of(value);
  if (Number.isNaN(value)) new Uint32Array(floats.buffer)[0] = 0x7fc00000;
  return floats;
}
