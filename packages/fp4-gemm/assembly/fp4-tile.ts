import { GROUPS } from './fp4-panel';

/** Rows of the register tile: as many as leave the 128-bit registers of x86 for the operands. */
export const TILE_ROWS: usize = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
/** Columns of the register tile: two vectors of four. */
export const TILE_COLS: usize = 8;

/**
 * Writes the integer products of two panels to `sums`, int32 `[TILE_ROWS, 8]`. A lane belongs to a column; four bytes
 * of a row of the first panel are broadcast to it.
 */
@inline
export function multiplyTile(x: usize, w: usize, words: usize, corrections: usize, sums: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) multiplyTileInt8(x, w, words, corrections, sums);
  else multiplyTileInt16(x, w, words, sums);
}

/**
 * int8 x int8: the second operand of the relaxed dot product must be within 0..127 for engines to agree, so w comes
 * with 12 added, and each row starts at -12 times the sum of x. No pair of products reaches the 16 bits in which some
 * engines add it: 2 * 12 * 24 = 576.
 */
function multiplyTileInt8(x: usize, w: usize, words: usize, corrections: usize, sums: usize): void {
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
  const end = w + words * GROUPS * 32;
  for (; w < end; w += 64, x += 48) {
    let w0 = v128.load(w);
    let w1 = v128.load(w, 16);
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
    w0 = v128.load(w, 32);
    w1 = v128.load(w, 48);
    row = v128.load_splat<i32>(x, 24);
    s00 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w0, s00);
    s01 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w1, s01);
    row = v128.load_splat<i32>(x, 28);
    s10 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w0, s10);
    s11 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w1, s11);
    row = v128.load_splat<i32>(x, 32);
    s20 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w0, s20);
    s21 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w1, s21);
    row = v128.load_splat<i32>(x, 36);
    s30 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w0, s30);
    s31 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w1, s31);
    row = v128.load_splat<i32>(x, 40);
    s40 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w0, s40);
    s41 = i32x4.relaxed_dot_i8x16_i7x16_add_s(row, w1, s41);
    row = v128.load_splat<i32>(x, 44);
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
function multiplyTileInt16(x: usize, w: usize, words: usize, sums: usize): void {
  let s00 = i32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  const end = w + words * GROUPS * 32;
  for (; w < end; w += 64, x += 32) {
    let w0 = v128.load(w);
    let w1 = v128.load(w, 16);
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
    w0 = v128.load(w, 32);
    w1 = v128.load(w, 48);
    row = v128.load_splat<i32>(x, 16);
    s00 = i32x4.add(s00, i32x4.dot_i16x8_s(row, w0));
    s01 = i32x4.add(s01, i32x4.dot_i16x8_s(row, w1));
    row = v128.load_splat<i32>(x, 20);
    s10 = i32x4.add(s10, i32x4.dot_i16x8_s(row, w0));
    s11 = i32x4.add(s11, i32x4.dot_i16x8_s(row, w1));
    row = v128.load_splat<i32>(x, 24);
    s20 = i32x4.add(s20, i32x4.dot_i16x8_s(row, w0));
    s21 = i32x4.add(s21, i32x4.dot_i16x8_s(row, w1));
    row = v128.load_splat<i32>(x, 28);
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
