import { loadUpToFour } from './gradient-fold';
import { TILE_COLS, TILE_ROWS } from './fp4-tile';
import { F32, INT8, planesOf, productRows } from './gradient-operand';
import { EIGHT_BITS4, SIXTEEN_BITS4, TWELVE_BITS4, TWO_TO_16 } from './vector-constants';

/**
 * Puts the digits' sums of a tile together, adds what earlier blocks left, and writes the rounded products to `out`. Where
 * blocks follow, it leaves the exact sums: the upper bits in `out`, the lower 16 in `low`, both with `stride` bytes a row.
 *
 * @param units - float32, one for each row
 */
@inline
export function finishGradientTile(
  sums: usize,
  units: usize,
  out: usize,
  low: usize,
  stride: usize,
  rows: usize,
  columns: usize,
  format: i32,
  isFirst: bool,
  isLast: bool,
): void {
  if (isFirst && isLast && columns == TILE_COLS && rows == productRows(format)) {
    finishWholeTile(sums, units, out, stride, format);
  } else {
    finishPart(sums, units, out, low, stride, rows, columns, format, isFirst, isLast);
  }
}

/** The common case, without a loop. */
@inline
function finishWholeTile(sums: usize, units: usize, out: usize, stride: usize, format: i32): void {
  if (format == INT8) {
    finishInt8Row(sums, units, out);
    finishInt8Row(sums + 32, units + 4, (out += stride));
    finishInt8Row(sums + 64, units + 8, (out += stride));
    finishInt8Row(sums + 96, units + 12, (out += stride));
    if (TILE_ROWS > 4) {
      finishInt8Row(sums + 128, units + 16, (out += stride));
      finishInt8Row(sums + 160, units + 20, (out += stride));
    }
  } else {
    finishDigitsRow(sums, units, out);
    finishDigitsRow(sums + (planesOf(format) << 5), units + 4, out + stride);
  }
}

@inline
function finishInt8Row(sums: usize, units: usize, out: usize): void {
  const zero = i32x4.splat(0);
  finishRow(v128.load(sums), v128.load(sums, 16), zero, zero, units, out, INT8);
}

@inline
function finishDigitsRow(sums: usize, units: usize, out: usize): void {
  finishRow(highOf(sums), highOf(sums + 16), lowOf(sums), lowOf(sums + 16), units, out, F32);
}

@inline
function finishRow(
  evenHigh: v128,
  oddHigh: v128,
  evenLow: v128,
  oddLow: v128,
  units: usize,
  out: usize,
  format: i32,
): void {
  const unit = v128.load32_splat(units);
  const even = rounded(evenHigh, evenLow, unit, format);
  const odd = rounded(oddHigh, oddLow, unit, format);
  // Columns 0 2 4 6 and 1 3 5 7.
  v128.store(out, v128.shuffle<i32>(even, odd, 0, 4, 1, 5));
  v128.store(out, v128.shuffle<i32>(even, odd, 2, 6, 3, 7), 16);
}

/** Any tile. */
function finishPart(
  sums: usize,
  units: usize,
  out: usize,
  low: usize,
  stride: usize,
  rows: usize,
  columns: usize,
  format: i32,
  isFirst: bool,
  isLast: bool,
): void {
  const next = planesOf(format) << 5;
  for (let row: usize = 0; row < rows; row++, sums += next, units += 4, out += stride, low += stride) {
    let evenLow = i32x4.splat(0);
    let oddLow = evenLow;
    let evenHigh = v128.load(sums);
    let oddHigh = v128.load(sums, 16);
    if (format != INT8) {
      evenLow = lowOf(sums);
      oddLow = lowOf(sums + 16);
      evenHigh = highOf(sums);
      oddHigh = highOf(sums + 16);
    }
    let high0 = v128.shuffle<i32>(evenHigh, oddHigh, 0, 4, 1, 5);
    let high1 = v128.shuffle<i32>(evenHigh, oddHigh, 2, 6, 3, 7);
    let low0 = v128.shuffle<i32>(evenLow, oddLow, 0, 4, 1, 5);
    let low1 = v128.shuffle<i32>(evenLow, oddLow, 2, 6, 3, 7);
    if (!isFirst) {
      high0 = i32x4.add(high0, loadColumns(out, columns));
      high1 = i32x4.add(high1, loadColumns(out + 16, columns - min<usize>(columns, 4)));
      if (format != INT8) {
        low0 = i32x4.add(low0, loadColumns(low, columns));
        low1 = i32x4.add(low1, loadColumns(low + 16, columns - min<usize>(columns, 4)));
        high0 = i32x4.add(high0, i32x4.shr_u(low0, 16));
        high1 = i32x4.add(high1, i32x4.shr_u(low1, 16));
        low0 = v128.and(low0, SIXTEEN_BITS4);
        low1 = v128.and(low1, SIXTEEN_BITS4);
      }
    }
    if (isLast) {
      const unit = v128.load32_splat(units);
      high0 = rounded(high0, low0, unit, format);
      high1 = rounded(high1, low1, unit, format);
    } else if (format != INT8) {
      storeColumns(low, low0, low1, columns);
    }
    storeColumns(out, high0, high1, columns);
  }
}

/** RN32(t * unit) with t = RN32(RN32(high) * 65536 + low), or RN32(high). */
@inline
function rounded(high: v128, low: v128, unit: v128, format: i32): v128 {
  let t = f32x4.convert_i32x4_s(high);
  if (format != INT8) t = f32x4.add(f32x4.mul(t, TWO_TO_16), f32x4.convert_i32x4_s(low));
  return f32x4.mul(t, unit);
}

/** The lower 16 bits of the sum: of s2 * 65536 + s1 * 256 + s0, or of s1 * 4096 + s0. */
@inline
function lowOf(sums: usize): v128 {
  const s0 = v128.load(sums);
  const carried = i32x4.add(v128.load(sums, 32), i32x4.shr_s(s0, ASC_FEATURE_RELAXED_SIMD ? 8 : 12));
  if (ASC_FEATURE_RELAXED_SIMD) {
    return v128.or(i32x4.shl(v128.and(carried, EIGHT_BITS4), 8), v128.and(s0, EIGHT_BITS4));
  }
  return v128.and(v128.or(i32x4.shl(carried, 12), v128.and(s0, TWELVE_BITS4)), SIXTEEN_BITS4);
}

/** The sum without its lower 16 bits, shifted down. */
@inline
function highOf(sums: usize): v128 {
  const s0 = v128.load(sums);
  const carried = i32x4.add(v128.load(sums, 32), i32x4.shr_s(s0, ASC_FEATURE_RELAXED_SIMD ? 8 : 12));
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.add(v128.load(sums, 64), i32x4.shr_s(carried, 8));
  return i32x4.shr_s(carried, 4);
}

@inline
function storeColumns(out: usize, first: v128, second: v128, columns: usize): void {
  if (columns == TILE_COLS) {
    v128.store(out, first);
    v128.store(out, second, 16);
  } else storeSome(out, first, second, columns);
}

function storeSome(out: usize, first: v128, second: v128, columns: usize): void {
  if (columns > 4) {
    v128.store(out, first);
    storeSome(out + 16, second, second, columns - 4);
    return;
  }
  v128.store32_lane(out, first, 0);
  if (columns > 1) v128.store32_lane(out, first, 1, 4);
  if (columns > 2) v128.store32_lane(out, first, 2, 8);
  if (columns > 3) v128.store32_lane(out, first, 3, 12);
}

@inline
function loadColumns(from: usize, columns: usize): v128 {
  return columns >= 4 ? v128.load(from) : loadUpToFour(from, columns);
}
