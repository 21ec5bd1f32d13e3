import { loadUpToFour } from './gradient-fold';
import { TILE_COLS } from './fp4-tile';
import { INT8, planesOf } from './gradient-operand';
import { EIGHT_BITS4, SIXTEEN_BITS4, TWELVE_BITS4, TWO_TO_16 } from './vector-constants';

/**
 * Puts the digits' sums of a tile together, adds what earlier blocks left, and writes the rounded products to `out`. Where
 * blocks follow, it leaves the exact sums: the upper bits in `out`, the lower 16 in `low`, both with `stride` bytes a row.
 *
 * @param units - float32, one for each row
 */
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
    // Columns 0 2 4 6 and 1 3 5 7.
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
