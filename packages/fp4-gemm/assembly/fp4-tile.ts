/** Rows of the register tile: as many as leave the 128-bit registers of x86 for the operands. */
export const TILE_ROWS: usize = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
/** Columns of the register tile: two vectors of four. */
export const TILE_COLS: usize = 8;
/** Steps of the sum in one group of a panel: the four bytes of a 32-bit lane are four int8, or two int16. */
export const GROUP_STEPS: usize = ASC_FEATURE_RELAXED_SIMD ? 4 : 2;
/** What is added to the second operand, so that no value is negative; `corrections` take it out again. */
export const BIAS: i32 = ASC_FEATURE_RELAXED_SIMD ? 12 : 0;

/**
 * Writes the integer products of two panels of `groups` groups to `sums`, int32 `[TILE_ROWS, 8]`. A lane belongs to a
 * column; four bytes of a row of the first panel are broadcast to it. One group at each turn: with two the loop is a
 * fifth slower (V8 then moves sums between registers).
 *
 * @param corrections - int32, what the sum of each row starts from; with int8 -12 times the sum of the row of x
 */
@inline
export function multiplyTile(x: usize, w: usize, groups: usize, corrections: usize, sums: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) multiplyTileInt8(x, w, groups, corrections, sums);
  else multiplyTileInt16(x, w, groups, sums);
}

/**
 * int8 x int8: the second operand of the relaxed dot product must be within 0..127 for engines to agree, so w comes
 * with 12 added. No pair of products reaches the 16 bits in which some engines add it: 2 * 128 * 24 = 6144.
 */
function multiplyTileInt8(x: usize, w: usize, groups: usize, corrections: usize, sums: usize): void {
  let s00 = v128.load_splat<i32>(corrections);
  let s10 = v128.load_splat<i32>(corrections, 4);
  let s20 = v128.load_splat<i32>(corrections, 8);
  let s30 = v128.load_splat<i32>(corrections, 12);
  let s40 = v128.load_splat<i32>(corrections, 16);
  let s50 = v128.load_splat<i32>(corrections, 20);
  let s01 = s00;
  let s11 = s10;
  let s21 = s20;
  let s31 = s30;
  let s41 = s40;
  let s51 = s50;
  const end = w + (groups << 5);
  for (; w < end; w += 32, x += 24) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    let row = v128.load_splat<i32>(x);
    s00 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w0, s00);
    s01 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w1, s01);
    row = v128.load_splat<i32>(x, 4);
    s10 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w0, s10);
    s11 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w1, s11);
    row = v128.load_splat<i32>(x, 8);
    s20 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w0, s20);
    s21 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w1, s21);
    row = v128.load_splat<i32>(x, 12);
    s30 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w0, s30);
    s31 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w1, s31);
    row = v128.load_splat<i32>(x, 16);
    s40 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w0, s40);
    s41 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w1, s41);
    row = v128.load_splat<i32>(x, 20);
    s50 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w0, s50);
    s51 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w1, s51);
  }
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  v128.store(sums, s10, 32);
  v128.store(sums, s11, 48);
  v128.store(sums, s20, 64);
  v128.store(sums, s21, 80);
  v128.store(sums, s30, 96);
  v128.store(sums, s31, 112);
  v128.store(sums, s40, 128);
  v128.store(sums, s41, 144);
  v128.store(sums, s50, 160);
  v128.store(sums, s51, 176);
}

/** int16 x int16, plain SIMD. */
function multiplyTileInt16(x: usize, w: usize, groups: usize, sums: usize): void {
  let s00 = i32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  const end = w + (groups << 5);
  for (; w < end; w += 32, x += 16) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    let row = v128.load_splat<i32>(x);
    s00 = i32x4.add(s00, i32x4.dot_i16x8_s(row, w0));
    s01 = i32x4.add(s01, i32x4.dot_i16x8_s(row, w1));
    row = v128.load_splat<i32>(x, 4);
    s10 = i32x4.add(s10, i32x4.dot_i16x8_s(row, w0));
    s11 = i32x4.add(s11, i32x4.dot_i16x8_s(row, w1));
    row = v128.load_splat<i32>(x, 8);
    s20 = i32x4.add(s20, i32x4.dot_i16x8_s(row, w0));
    s21 = i32x4.add(s21, i32x4.dot_i16x8_s(row, w1));
    row = v128.load_splat<i32>(x, 12);
    s30 = i32x4.add(s30, i32x4.dot_i16x8_s(row, w0));
    s31 = i32x4.add(s31, i32x4.dot_i16x8_s(row, w1));
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
