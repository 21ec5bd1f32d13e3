/**
 * The left operand of a gradient product as integers: row r stands for `values[r, k] · 2 units[r]`. The factor of two
 * makes up for the doubled E2M1 values that it is multiplied with.
 */
export interface IntegerRows {
  readonly rows: number;
  readonly steps: number;
  /** `[rows, steps]`, at most 8,323,072 = 127 · 65536 in magnitude. */
  readonly values: Int32Array;
  /** float32 `[rows]`: what a sum of products is multiplied with; 0 for a row of zeros, NaN for one that is not finite. */
  readonly units: Float32Array;
}

/**
 * The folded gradient of a product, float32 `[rows, steps]`: `values[r, k] = RN32(dY · s[k])`, where s are the scales of
 * the FP4 operand's rows.
 */
export interface FoldedGradient {
  readonly rows: number;
  readonly steps: number;
  readonly values: Float32Array;
  /** Index in dY, as stored, of row r and step k: `r * rowStride + k * stepStride`. Random bits are drawn for it. */
  readonly rowStride: number;
  readonly stepStride: number;
}

/** A row or tensor with a largest magnitude below this, 2^-100, counts as zero, so that no subnormal takes part. */
export const MIN_AMAX_BITS: number = (127 - 100) << 23;

/** The bits of infinity: a largest magnitude from here on is not finite. */
export const INFINITY_BITS = 0x7f800000;

/** The largest magnitude of `values[start]` to `values[end - 1]` as bits, which order like integers; NaN is above infinity. */
export function amaxBits(values: Float32Array, start: number = 0, end: number = values.length): number {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let largest = 0;
  for (let i = start; i < end; i++) largest = Math.max(largest, bits[i]! & 0x7fffffff);
  return largest;
}

/** The float32 with the given bits. */
export function floatOfBits(bits: number): number {
  return new Float32Array(Int32Array.of(bits).buffer)[0]!;
}
