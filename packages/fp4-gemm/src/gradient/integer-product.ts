import type { IntegerRows } from './integer-rows.ts';

/**
 * Multiplies integer rows with doubled E2M1 values `[steps, cols]`:
 *
 *     S   = Σ_k values[r, k] · doubled[k, c]                 an exact integer, |S| < 2^44
 *     t   = RN32(RN32(floor(S / 65536)) · 65536 + S mod 65536)
 *     out = RN32(t · units[r])
 *
 * The way S is rounded is the one that 32-bit hardware has: the upper part is a 32-bit integer, the product with 65536
 * is exact, and a fused multiply-add gives the same. Where |S| < 2^24, t is S.
 */
export function integerProduct(
  { rows, steps, values, units }: IntegerRows,
  doubled: Int8Array,
  cols: number,
): Float32Array {
  const out = new Float32Array(rows * cols);
  const right = Float64Array.from(doubled);
  // Exact in float64, which holds integers up to 2^53.
  const sums = new Float64Array(cols);
  const f32 = Math.fround;
  for (let r = 0; r < rows; r++) {
    sums.fill(0);
    let k = 0;
    for (let i = r * steps; k + 4 <= steps; k += 4, i += 4) {
      addFourSteps(sums, values[i]!, values[i + 1]!, values[i + 2]!, values[i + 3]!, right, k * cols);
    }
    for (; k < steps; k++) {
      const value = values[r * steps + k]!;
      for (let c = 0, at = k * cols; c < cols; c++, at++) sums[c]! += value * right[at]!;
    }
    const unit = units[r]!;
    for (let c = 0, at = r * cols; c < cols; c++, at++) {
      const sum = sums[c]!;
      const high = Math.floor(sum / 65536);
      out[at] = f32(f32(high) * 65536 + (sum - high * 65536)) * unit;
    }
  }
  return out;
}

/** One pass over the sums for four steps of the product. */
function addFourSteps(
  sums: Float64Array,
  v0: number,
  v1: number,
  v2: number,
  v3: number,
  right: Float64Array,
  first: number,
): void {
  const cols = sums.length;
  for (let c = 0, at = first; c < cols; c++, at++) {
    sums[c]! +=
      v0 * right[at]! + v1 * right[at + cols]! + v2 * right[at + 2 * cols]! + v3 * right[at + 3 * cols]!;
  }
}
