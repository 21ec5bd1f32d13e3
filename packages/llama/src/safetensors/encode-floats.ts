import { narrowToBfloat16, narrowToFloat16 } from './narrow-floats.ts';

/** Element types of weights. */
export const floatDtypes = ['F32', 'BF16', 'F16'] as const;

/** An element type of weights. */
export type FloatDtype = (typeof floatDtypes)[number];

/**
 * The bytes of float32 values in an element type, rounded to nearest, ties to even.
 *
 * @returns little-endian; of F32 they share the values' memory
 * @throws RangeError when a finite value has none, being beyond the type's range
 */
export function encodeFloats(values: Float32Array, dtype: FloatDtype): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const codes = dtype === 'BF16' ? narrowToBfloat16(values) : narrowToFloat16(values);
  const infinity = dtype === 'BF16' ? 0x7f80 : 0x7c00;
  for (let i = 0; i < codes.length; i++) {
    if ((codes[i]! & 0x7fff) === infinity && Number.isFinite(values[i])) {
      throw new RangeError(
        `encodeFloats: values must lie within the range of ${dtype}, but value ${i} is ${values[i]}; take ${dtype === 'F16' ? 'BF16 or F32' : 'F32'}`,
      );
    }
  }
  return new Uint8Array(codes.buffer);
}
