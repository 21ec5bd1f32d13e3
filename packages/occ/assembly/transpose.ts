/** out[cols, rows] = x[rows, cols] transposed, by blocks of 4 x 4, four rows of x at a time. */
export function transpose(x: usize, out: usize, rows: i32, cols: i32): void {
  const xBytes = (<usize>cols) << 2;
  const outBytes = (<usize>rows) << 2;
  const rows4 = rows & ~3;
  const cols4 = cols & ~3;
  // Down the columns first: four whole rows of `out` are written, which stay in the cache.
  for (let col = 0; col < cols4; col += 4) {
    let from = x + ((<usize>col) << 2);
    let to = out + <usize>col * outBytes;
    for (const end = to + ((<usize>rows4) << 2); to < end; to += 16, from += xBytes << 2) {
      const a = v128.load(from);
      const b = v128.load(from + xBytes);
      const c = v128.load(from + 2 * xBytes);
      const d = v128.load(from + 3 * xBytes);
      const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<i64>(abLow, cdLow, 0, 2));
      v128.store(to + outBytes, v128.shuffle<i64>(abLow, cdLow, 1, 3));
      v128.store(to + 2 * outBytes, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
      v128.store(to + 3 * outBytes, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let col = row < rows4 ? cols4 : 0; col < cols; col++) {
      const from = x + <usize>row * xBytes + ((<usize>col) << 2);
      store<f32>(out + <usize>col * outBytes + ((<usize>row) << 2), load<f32>(from));
    }
  }
}
