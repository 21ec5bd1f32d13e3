/**
 * The definition of the op: dw[n, k] += Σ_m dy[m, n] · ΔX[m, k] in float64, m ascending, one rounding to float32 at
 * the end.
 */
export function compensateDwReference(
  dw: Float32Array,
  dy: Float32Array,
  indices: Int32Array,
  values: Float32Array,
  { m, n, k, width }: { m: number; n: number; k: number; width: number },
): void {
  const sums = new Float64Array(n * k);
  for (let slot = 0; slot < m * width; slot++) {
    const value = values[slot]!;
    if (value === 0) continue;
    const start = Math.floor(slot / width) * n;
    const column = indices[slot]!;
    for (let row = 0; row < n; row++) sums[row * k + column]! += dy[start + row]! * value;
  }
  for (let i = 0; i < dw.length; i++) dw[i]! += sums[i]!;
}
