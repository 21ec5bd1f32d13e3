/**
 * The definition of the op: y[m, n] += Σ_r values[m, r] · w[indices[m, r], n] in float64, the slots in order, one
 * rounding to float32 at the end.
 */
export function compensateReference(
  y: Float32Array,
  indices: Int32Array,
  values: Float32Array,
  w: Float32Array,
  rows: number,
  cols: number,
  width: number,
): void {
  const sums = new Float64Array(cols);
  for (let row = 0; row < rows; row++) {
    const yRow = y.subarray(row * cols, (row + 1) * cols);
    sums.set(yRow);
    for (let slot = row * width; slot < (row + 1) * width; slot++) {
      const value = values[slot]!;
      if (value === 0) break;
      const start = indices[slot]! * cols;
      for (let col = 0; col < cols; col++) sums[col]! += value * w[start + col]!;
    }
    yRow.set(sums);
  }
}
