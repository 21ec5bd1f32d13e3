/** Rows of the register tile. */
export const TILE_ROWS: usize = 4;
/** Columns of the register tile: two vectors of four. */
export const TILE_COLS: usize = 8;

/**
 * Writes the products of two panels to `sums`, float32 `[4, 8]`: each a sum over `steps` in order, product and sum
 * rounded one after the other. A fused multiply-add exists in relaxed SIMD only, where engines may differ.
 */
export function multiplyTile(a: usize, b: usize, steps: usize, sums: usize): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  const end = b + (steps << 5);
  for (; b < end; a += 16, b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let row = v128.load_splat<f32>(a);
    s00 = f32x4.add(s00, f32x4.mul(row, b0));
    s01 = f32x4.add(s01, f32x4.mul(row, b1));
    row = v128.load_splat<f32>(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(row, b0));
    s11 = f32x4.add(s11, f32x4.mul(row, b1));
    row = v128.load_splat<f32>(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(row, b0));
    s21 = f32x4.add(s21, f32x4.mul(row, b1));
    row = v128.load_splat<f32>(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(row, b0));
    s31 = f32x4.add(s31, f32x4.mul(row, b1));
  }
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  v128.store(sums, s10, 32);
  v128.store(sums, s11, 48);
  v128.store(sums, s20, 64);
  v128.store(sums, s21, 80);
  v128.store(sums, s30, 96);
  v128.store(sums, s31, 112);
}
