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
  addTransposed(dw, sums, n, k);
}

/** dw[n, k] += sums[k, n], four rows of dw at a time. */
function addTransposed(dw: usize, sums: usize, n: i32, k: i32): void {
  const dwBytes = (<usize>k) << 2;
  const sumBytes = (<usize>n) << 2;
  let row: usize = 0;
  for (; row + 16 <= sumBytes; row += 16, dw += 4 * dwBytes) {
    let from = sums + row;
    for (let to = dw; to < dw + dwBytes; to += 4, from += sumBytes) {
      const sum = v128.load(from);
      store<f32>(to, load<f32>(to) + f32x4.extract_lane(sum, 0));
      store<f32>(to + dwBytes, load<f32>(to + dwBytes) + f32x4.extract_lane(sum, 1));
      store<f32>(to + 2 * dwBytes, load<f32>(to + 2 * dwBytes) + f32x4.extract_lane(sum, 2));
      store<f32>(to + 3 * dwBytes, load<f32>(to + 3 * dwBytes) + f32x4.extract_lane(sum, 3));
    }
  }
  for (; row < sumBytes; row += 4, dw += dwBytes) {
    let from = sums + row;
    for (let to = dw; to < dw + dwBytes; to += 4, from += sumBytes) {
      store<f32>(to, load<f32>(to) + load<f32>(from));
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
