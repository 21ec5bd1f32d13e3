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
  const slotBytes = (<usize>width) << 2;
  for (let row = 0; row < rows; row++, indices += slotBytes, values += slotBytes, y += rowBytes) {
    const used = usedBytes(values, slotBytes);
    if (used == 0) continue;
    // Sums stay in registers while the slots go by.
    let col: usize = 0;
    for (; col + 128 <= rowBytes; col += 128) {
      const at = y + col;
      let sum0 = v128.load(at);
      let sum1 = v128.load(at, 16);
      let sum2 = v128.load(at, 32);
      let sum3 = v128.load(at, 48);
      let sum4 = v128.load(at, 64);
      let sum5 = v128.load(at, 80);
      let sum6 = v128.load(at, 96);
      let sum7 = v128.load(at, 112);
      for (let slot: usize = 0; slot < used; slot += 4) {
        const value = v128.load32_splat(values + slot);
        const from = w + <usize>load<u32>(indices + slot) * rowBytes + col;
        sum0 = f32x4.add(sum0, f32x4.mul(value, v128.load(from)));
        sum1 = f32x4.add(sum1, f32x4.mul(value, v128.load(from, 16)));
        sum2 = f32x4.add(sum2, f32x4.mul(value, v128.load(from, 32)));
        sum3 = f32x4.add(sum3, f32x4.mul(value, v128.load(from, 48)));
        sum4 = f32x4.add(sum4, f32x4.mul(value, v128.load(from, 64)));
        sum5 = f32x4.add(sum5, f32x4.mul(value, v128.load(from, 80)));
        sum6 = f32x4.add(sum6, f32x4.mul(value, v128.load(from, 96)));
        sum7 = f32x4.add(sum7, f32x4.mul(value, v128.load(from, 112)));
      }
      v128.store(at, sum0);
      v128.store(at, sum1, 16);
      v128.store(at, sum2, 32);
      v128.store(at, sum3, 48);
      v128.store(at, sum4, 64);
      v128.store(at, sum5, 80);
      v128.store(at, sum6, 96);
      v128.store(at, sum7, 112);
    }
    for (; col + 16 <= rowBytes; col += 16) {
      let sum = v128.load(y + col);
      for (let slot: usize = 0; slot < used; slot += 4) {
        const from = w + <usize>load<u32>(indices + slot) * rowBytes + col;
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(values + slot), v128.load(from)));
      }
      v128.store(y + col, sum);
    }
    for (; col < rowBytes; col += 4) {
      let sum = load<f32>(y + col);
      for (let slot: usize = 0; slot < used; slot += 4) {
        const from = w + <usize>load<u32>(indices + slot) * rowBytes + col;
        sum += load<f32>(values + slot) * load<f32>(from);
      }
      store<f32>(y + col, sum);
    }
  }
}

/** The bytes of the slots before the first value of 0. */
function usedBytes(values: usize, slotBytes: usize): usize {
  let used: usize = 0;
  while (used < slotBytes && load<f32>(values + used) != 0) used += 4;
  return used;
}
