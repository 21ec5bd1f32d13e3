/**
 * The operations of src/compensate/f32-order.ts in its order on compressed rows, the same bits:
 * y[m, n] += values[e] * w[columns[e], n], the entries e of row m ascending.
 */
export function compensateCompressed(
  y: usize,
  starts: usize,
  columns: usize,
  values: usize,
  w: usize,
  rows: i32,
  cols: i32,
): void {
  const rowBytes = (<usize>cols) << 2;
  for (let row: usize = 0; row < <usize>rows; row++, y += rowBytes) {
    const end = (<usize>load<u32>(starts + (row << 2), 4)) << 2;
    for (let at = (<usize>load<u32>(starts + (row << 2))) << 2; at < end; at += 4) {
      const value = load<f32>(values + at);
      if (value != 0) addMultiple(y, w + <usize>load<u32>(columns + at) * rowBytes, value, rowBytes);
    }
  }
}

/**
 * The operations of src/compensate-dw/f32-order.ts in its order on compressed rows, the same bits.
 *
 * @param sums - scratch of 4 * n * k bytes, [k, n], so that each entry adds one contiguous row
 */
export function compensateDwCompressed(
  dw: usize,
  dy: usize,
  starts: usize,
  columns: usize,
  values: usize,
  m: i32,
  n: i32,
  k: i32,
  sums: usize,
): void {
  const rowBytes = (<usize>n) << 2;
  memory.fill(sums, 0, <usize>k * rowBytes);
  for (let row: usize = 0; row < <usize>m; row++, dy += rowBytes) {
    const end = (<usize>load<u32>(starts + (row << 2), 4)) << 2;
    for (let at = (<usize>load<u32>(starts + (row << 2))) << 2; at < end; at += 4) {
      const value = load<f32>(values + at);
      if (value != 0) addMultiple(sums + <usize>load<u32>(columns + at) * rowBytes, dy, value, rowBytes);
    }
  }
  for (let row = 0; row < n; row++) {
    let from = sums + ((<usize>row) << 2);
    for (const end = dw + ((<usize>k) << 2); dw < end; dw += 4, from += rowBytes) {
      store<f32>(dw, load<f32>(dw) + load<f32>(from));
    }
  }
}

/** y += value * x over `bytes` bytes, multiplied, then added. */
function addMultiple(y: usize, x: usize, value: f32, bytes: usize): void {
  const factor = f32x4.splat(value);
  const end = y + bytes;
  for (; y + 16 <= end; y += 16, x += 16) {
    v128.store(y, f32x4.add(v128.load(y), f32x4.mul(factor, v128.load(x))));
  }
  for (; y < end; y += 4, x += 4) store<f32>(y, load<f32>(y) + value * load<f32>(x));
}
