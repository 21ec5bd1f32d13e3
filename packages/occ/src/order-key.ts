/**
 * Returns the integer by which float32 bit patterns are ordered: -NaN < -Infinity < … < -0 < 0 < … < Infinity < NaN.
 * It is its own inverse.
 *
 * @param bits - The bit pattern as a signed integer.
 */
export function orderKey(bits: number): number {
  return bits ^ ((bits >> 31) >>> 1);
}
