// Register tiles of attention, 4 by 8. Eight queries lie side by side in a row of 32 bytes, so that what is done to one
// is done to all, lane by lane. Strides are in bytes.

/** Bytes of one row of eight lanes. */
export const LANE_BYTES: usize = 32;

/** c[rows][8] = a[rows][depth] · b[depth][8]; element [r][k] of `a` is at `r · rowStride + k · depthStride`. */
export function multiply8(
  c: usize,
  a: usize,
  rowStride: usize,
  depthStride: usize,
  b: usize,
  rows: i32,
  depth: i32,
): void {
  const a1 = rowStride;
  const a2 = rowStride * 2;
  const a3 = rowStride * 3;
  const end = b + <usize>depth * LANE_BYTES;
  for (let row = 0; row < rows; row += 4) {
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    let left = a;
    for (let from = b; from < end; from += LANE_BYTES) {
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
      left += depthStride;
    }
    v128.store(c, c00);
    v128.store(c, c01, 16);
    v128.store(c, c10, 32);
    v128.store(c, c11, 48);
    v128.store(c, c20, 64);
    v128.store(c, c21, 80);
    v128.store(c, c30, 96);
    v128.store(c, c31, 112);
    c += 4 * LANE_BYTES;
    a += 4 * rowStride;
  }
}

/** c[rows][columns] += a[rows][8] · b[8][columns]; rows are a multiple of 4, columns of 8, and as long in b as in c. */
export function accumulate8(c: usize, a: usize, b: usize, rows: i32, columns: i32): void {
  const stride = (<usize>columns) << 2;
  for (let row = 0; row < rows; row += 4) {
    for (let column: usize = 0; column < stride; column += 32) {
      const to0 = c + column;
      const to1 = to0 + stride;
      const to2 = to1 + stride;
      const to3 = to2 + stride;
      let c00 = v128.load(to0);
      let c01 = v128.load(to0, 16);
      let c10 = v128.load(to1);
      let c11 = v128.load(to1, 16);
      let c20 = v128.load(to2);
      let c21 = v128.load(to2, 16);
      let c30 = v128.load(to3);
      let c31 = v128.load(to3, 16);
      let from = b + column;
      for (let left = a; left < a + LANE_BYTES; left += 4) {
        const b0 = v128.load(from);
        const b1 = v128.load(from, 16);
        let x = v128.load32_splat(left);
        c00 = f32x4.add(c00, f32x4.mul(x, b0));
        c01 = f32x4.add(c01, f32x4.mul(x, b1));
        x = v128.load32_splat(left, 32);
        c10 = f32x4.add(c10, f32x4.mul(x, b0));
        c11 = f32x4.add(c11, f32x4.mul(x, b1));
        x = v128.load32_splat(left, 64);
        c20 = f32x4.add(c20, f32x4.mul(x, b0));
        c21 = f32x4.add(c21, f32x4.mul(x, b1));
        x = v128.load32_splat(left, 96);
        c30 = f32x4.add(c30, f32x4.mul(x, b0));
        c31 = f32x4.add(c31, f32x4.mul(x, b1));
        from += stride;
      }
      v128.store(to0, c00);
      v128.store(to0, c01, 16);
      v128.store(to1, c10);
      v128.store(to1, c11, 16);
      v128.store(to2, c20);
      v128.store(to2, c21, 16);
      v128.store(to3, c30);
      v128.store(to3, c31, 16);
    }
    c += 4 * stride;
    a += 4 * LANE_BYTES;
  }
}
