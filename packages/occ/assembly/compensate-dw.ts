import { addScaled } from './add-scaled';

/**
 * The operations of src/compensate-dw/f32-order.ts in its order, the same bits: dw[n, k] += sum over m ascending of dy[m, n] * x[m, k].
 *
 * @param sums - scratch of 4 * n * k bytes, [k, n], so that each entry adds one contiguous row
 */
export function compensateDw(
  dw: usize,
  dy: usize,
  indices: usize,
  values: usize,
  m: i32,
  n: i32,
  k: i32,
  width: i32,
  sums: usize,
): void {
  const rowBytes = (<usize>n) << 2;
  memory.fill(sums, 0, <usize>k * rowBytes);
  for (let row = 0; row < m; row++) {
    for (let slot = 0; slot < width; slot++) {
      const at = (<usize>(row * width + slot)) << 2;
      const value = load<f32>(values + at);
      if (value == 0) break;
      addScaled(sums + <usize>load<u32>(indices + at) * rowBytes, dy, value, n);
    }
    dy += rowBytes;
  }
  addTransposed(dw, sums, n, k);
}

/** dw[n, k] += sums[k, n], in blocks of 4 x 4. */
function addTransposed(dw: usize, sums: usize, n: i32, k: i32): void {
  const dwBytes = (<usize>k) << 2;
  const sumBytes = (<usize>n) << 2;
  const n4 = n & ~3;
  const k4 = k & ~3;
  for (let row = 0; row < n4; row += 4) {
    for (let col = 0; col < k4; col += 4) {
      const from = sums + <usize>col * sumBytes + ((<usize>row) << 2);
      const a = v128.load(from);
      const b = v128.load(from + sumBytes);
      const c = v128.load(from + 2 * sumBytes);
      const d = v128.load(from + 3 * sumBytes);
      const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      const to = dw + <usize>row * dwBytes + ((<usize>col) << 2);
      addTo(to, v128.shuffle<i64>(abLow, cdLow, 0, 2));
      addTo(to + dwBytes, v128.shuffle<i64>(abLow, cdLow, 1, 3));
      addTo(to + 2 * dwBytes, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
      addTo(to + 3 * dwBytes, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
    }
  }
  for (let row = 0; row < n; row++) {
    for (let col = row < n4 ? k4 : 0; col < k; col++) {
      const to = dw + <usize>row * dwBytes + ((<usize>col) << 2);
      store<f32>(to, load<f32>(to) + load<f32>(sums + <usize>col * sumBytes + ((<usize>row) << 2)));
    }
  }
}

function addTo(at: usize, addend: v128): void {
  v128.store(at, f32x4.add(v128.load(at), addend));
}
