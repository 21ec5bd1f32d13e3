const f32 = Math.fround;

/**
 * y[m, n] += values[m, r] · w[indices[m, r], n] in place, in f32 arithmetic, in the order that the wasm and webgpu
 * kernels follow: y first and then the slots in order, product and sum rounded each; no fused multiply-add. The
 * accuracy is judged against `compensateReference`; this is the definition of the bits.
 */
export function compensateF32(
  y: Float32Array,
  indices: Int32Array,
  values: Float32Array,
  w: Float32Array,
  rows: number,
  cols: number,
  width: number,
): void {
  for (let row = 0; row < rows; row++) {
    const yRow = y.subarray(row * cols, (row + 1) * cols);
    for (let slot = row * width; slot < (row + 1) * width; slot++) {
      const value = values[slot]!;
      if (value === 0) break;
      const start = indices[slot]! * cols;
      for (let col = 0; col < cols; col++) yRow[col]! += f32(value * w[start + col]!);
    }
  }
}
