import { addScaled } from './add-scaled';

/** The operations of src/compensate/f32-order.ts in its order, the same bits: y[m, n] += values[m, r] * w[indices[m, r], n], r ascending. */
export function compensate(
  y: usize,
  indices: usize,
  values: usize,
  w: usize,
  rows: i32,
  cols: i32,
  width: i32,
): void {
  const rowBytes = (<usize>cols) << 2;
  for (let row = 0; row < rows; row++) {
    for (let slot = 0; slot < width; slot++) {
      const at = (<usize>(row * width + slot)) << 2;
      const value = load<f32>(values + at);
      if (value == 0) break;
      addScaled(y, w + <usize>load<u32>(indices + at) * rowBytes, value, cols);
    }
    y += rowBytes;
  }
}
