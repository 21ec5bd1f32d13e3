// Register tiles of attention: 4 query rows by 8 columns. Strides are in bytes; columns are multiples of 8.

/** c[4][columns] = a[4][depth] · b[depth][columns]. */
export function multiplyRows4(
  c: usize,
  cStride: usize,
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  depth: i32,
  columns: i32,
): void {
  const a1 = aStride;
  const a2 = aStride * 2;
  const a3 = aStride * 3;
  for (let column = 0; column < columns; column += 8) {
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    let from = b + ((<usize>column) << 2);
    let left = a;
    for (let k = 0; k < depth; k++) {
      const b0 = v128.load(from);
      const b1 = v128.load(from, 16);
      let x = v128.load32_splat(left);
      c00 = f32x4.add(c00, f32x4.mul(x, b0));
      c01 = f32x4.add(c01, f32x4.mul(x, b1));
      x = v128.load32_splat(left + a1);
      c10 = f32x4.add(c10, f32x4.mul(x, b0));
      c11 = f32x4.add(c11, f32x4.mul(x, b1));
      x = v128.load32_splat(left + a2);
      c20 = f32x4.add(c20, f32x4.mul(x, b0));
      c21 = f32x4.add(c21, f32x4.mul(x, b1));
      x = v128.load32_splat(left + a3);
      c30 = f32x4.add(c30, f32x4.mul(x, b0));
      c31 = f32x4.add(c31, f32x4.mul(x, b1));
      from += bStride;
      left += 4;
    }
    let to = c + ((<usize>column) << 2);
    v128.store(to, c00);
    v128.store(to, c01, 16);
    to += cStride;
    v128.store(to, c10);
    v128.store(to, c11, 16);
    to += cStride;
    v128.store(to, c20);
    v128.store(to, c21, 16);
    to += cStride;
    v128.store(to, c30);
    v128.store(to, c31, 16);
  }
}

/** c[rows][columns] += a[4][rows]ᵀ · b[4][columns]. */
export function accumulateOuter4(
  c: usize,
  cStride: usize,
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  rows: i32,
  columns: i32,
): void {
  const a1 = aStride;
  const a2 = aStride * 2;
  const a3 = aStride * 3;
  for (let column = 0; column < columns; column += 8) {
    let from = b + ((<usize>column) << 2);
    const b00 = v128.load(from);
    const b01 = v128.load(from, 16);
    from += bStride;
    const b10 = v128.load(from);
    const b11 = v128.load(from, 16);
    from += bStride;
    const b20 = v128.load(from);
    const b21 = v128.load(from, 16);
    from += bStride;
    const b30 = v128.load(from);
    const b31 = v128.load(from, 16);
    let to = c + ((<usize>column) << 2);
    let left = a;
    for (let row = 0; row < rows; row++) {
      let sum0 = v128.load(to);
      let sum1 = v128.load(to, 16);
      let x = v128.load32_splat(left);
      sum0 = f32x4.add(sum0, f32x4.mul(x, b00));
      sum1 = f32x4.add(sum1, f32x4.mul(x, b01));
      x = v128.load32_splat(left + a1);
      sum0 = f32x4.add(sum0, f32x4.mul(x, b10));
      sum1 = f32x4.add(sum1, f32x4.mul(x, b11));
      x = v128.load32_splat(left + a2);
      sum0 = f32x4.add(sum0, f32x4.mul(x, b20));
      sum1 = f32x4.add(sum1, f32x4.mul(x, b21));
      x = v128.load32_splat(left + a3);
      sum0 = f32x4.add(sum0, f32x4.mul(x, b30));
      sum1 = f32x4.add(sum1, f32x4.mul(x, b31));
      v128.store(to, sum0);
      v128.store(to, sum1, 16);
      to += cStride;
      left += 4;
    }
  }
}
