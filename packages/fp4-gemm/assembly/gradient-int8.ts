import { GROUP_STEPS, TILE_ROWS } from './fp4-tile';
import { fold, loadUpToFour } from './gradient-fold';
import { GradientOperand, HAS_CORRECTIONS, INT8 } from './gradient-operand';
import { FOUR_STEPS, rowOffset } from './gradient-panel-layout';
import { stochasticInt8 } from './gradient-round';
import { BIAS16, INT8_MAX8, INT8_MIN16, INT8_MIN8, LANES } from './vector-constants';

// Integers of 8 bits: one digit, int8 or with plain SIMD int16.

/** Packs a row that is contiguous in dY, sixteen steps at a time. */
export function packInt8Row(
  g: GradientOperand,
  row: usize,
  step0: usize,
  steps: usize,
  out: usize,
  correction: usize,
): void {
  const first = row * g.steps + step0;
  const factor = v128.load32_splat(g.factors + (row << 2));
  const isShared = g.scaleBytes == 0;
  let scales = g.scales + step0 * g.scaleBytes;
  let from = g.dy + (first << 2);
  let scale = v128.load32_splat(scales);
  let counters = i32x4.add(i32x4.splat(g.start + <i32>first), LANES);
  const four = i32x4.splat(4);
  let sums = i32x4.splat(0);
  let left = steps;
  for (; left >= 16; left -= 16, from += 64, scales += 64) {
    if (!isShared) scale = v128.load(scales);
    const a = stochasticInt8(fold(v128.load(from), scale, g, INT8), factor, counters);
    if (!isShared) scale = v128.load(scales, 16);
    counters = i32x4.add(counters, four);
    const b = stochasticInt8(fold(v128.load(from, 16), scale, g, INT8), factor, counters);
    if (!isShared) scale = v128.load(scales, 32);
    counters = i32x4.add(counters, four);
    const c = stochasticInt8(fold(v128.load(from, 32), scale, g, INT8), factor, counters);
    if (!isShared) scale = v128.load(scales, 48);
    counters = i32x4.add(counters, four);
    const d = stochasticInt8(fold(v128.load(from, 48), scale, g, INT8), factor, counters);
    counters = i32x4.add(counters, four);
    const ab = i16x8.narrow_i32x4_s(a, b);
    const cd = i16x8.narrow_i32x4_s(c, d);
    if (GROUP_STEPS == 4) {
      const bytes = i8x16.max_s(i8x16.narrow_i16x8_s(ab, cd), INT8_MIN16);
      v128.store32_lane(out, bytes, 0);
      v128.store32_lane(out + FOUR_STEPS, bytes, 1);
      v128.store32_lane(out + 2 * FOUR_STEPS, bytes, 2);
      v128.store32_lane(out + 3 * FOUR_STEPS, bytes, 3);
      sums = addBytes(bytes, sums);
    } else {
      storeFourSteps(clamped(ab), out, 0);
      storeFourSteps(clamped(ab), out + FOUR_STEPS, 2);
      storeFourSteps(clamped(cd), out + 2 * FOUR_STEPS, 0);
      storeFourSteps(clamped(cd), out + 3 * FOUR_STEPS, 2);
    }
    out += 4 * FOUR_STEPS;
  }
  for (; left > 0; from += 16, scales += 16, out += FOUR_STEPS) {
    const count = min<usize>(left, 4);
    if (!isShared) scale = loadUpToFour(scales, count);
    const a = stochasticInt8(fold(loadUpToFour(from, count), scale, g, INT8), factor, counters);
    counters = i32x4.add(counters, four);
    const halves = clamped(i16x8.narrow_i32x4_s(a, i32x4.splat(0)));
    if (GROUP_STEPS == 4) {
      const bytes = i8x16.narrow_i16x8_s(halves, i32x4.splat(0));
      v128.store32_lane(out, bytes, 0);
      sums = addBytes(bytes, sums);
    } else storeFourSteps(halves, out, 0);
    left -= count;
  }
  if (HAS_CORRECTIONS) {
    const pairs = i32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
    store<i32>(correction, load<i32>(correction) - i32x4.extract_lane(pairs, 0) - i32x4.extract_lane(pairs, 1));
  }
}

/** Packs four rows that are neighbouring columns of dY, of which `count` are valid. */
export function packInt8Columns(
  g: GradientOperand,
  row0: usize,
  row: usize,
  count: usize,
  step0: usize,
  steps: usize,
  panels: usize,
  panelBytes: usize,
  corrections: usize,
): void {
  const rows = g.rows;
  const stride = rows << 2;
  const index = step0 * rows + row0 + row;
  const factor = v128.load(g.factors + ((row0 + row) << 2));
  const scaleBytes = g.scaleBytes;
  let from = g.dy + (index << 2);
  let scales = g.scales + step0 * scaleBytes;
  let counters = i32x4.add(i32x4.splat(g.start + <i32>index), LANES);
  const nextStep = i32x4.splat(<i32>rows);
  let out0 = panels + rowOffset(row, panelBytes, INT8);
  let out1 = panels + rowOffset(row + 1, panelBytes, INT8);
  let out2 = panels + rowOffset(row + 2, panelBytes, INT8);
  let out3 = panels + rowOffset(row + 3, panelBytes, INT8);
  const zero = i32x4.splat(0);
  let sums = zero;
  for (let step: usize = 0; step < steps; step += 4) {
    const left = steps - step;
    const a = columnsAt(g, from, count, scales, factor, counters);
    counters = i32x4.add(counters, nextStep);
    from += stride;
    scales += scaleBytes;
    const b = left > 1 ? columnsAt(g, from, count, scales, factor, counters) : zero;
    counters = i32x4.add(counters, nextStep);
    from += stride;
    scales += scaleBytes;
    const c = left > 2 ? columnsAt(g, from, count, scales, factor, counters) : zero;
    counters = i32x4.add(counters, nextStep);
    from += stride;
    scales += scaleBytes;
    const d = left > 3 ? columnsAt(g, from, count, scales, factor, counters) : zero;
    counters = i32x4.add(counters, nextStep);
    from += stride;
    scales += scaleBytes;
    const ab = i16x8.narrow_i32x4_s(a, b);
    const cd = i16x8.narrow_i32x4_s(c, d);
    if (GROUP_STEPS == 4) {
      const bytes = i8x16.max_s(i8x16.narrow_i16x8_s(ab, cd), INT8_MIN16);
      const byRow = v128.shuffle<i8>(bytes, bytes, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
      v128.store32_lane(out0, byRow, 0);
      v128.store32_lane(out1, byRow, 1);
      v128.store32_lane(out2, byRow, 2);
      v128.store32_lane(out3, byRow, 3);
      sums = addBytes(byRow, sums);
    } else {
      const pairs = v128.shuffle<i16>(clamped(ab), zero, 0, 4, 1, 5, 2, 6, 3, 7);
      const nextPairs = v128.shuffle<i16>(clamped(cd), zero, 0, 4, 1, 5, 2, 6, 3, 7);
      v128.store32_lane(out0, pairs, 0);
      v128.store32_lane(out1, pairs, 1);
      v128.store32_lane(out2, pairs, 2);
      v128.store32_lane(out3, pairs, 3);
      v128.store32_lane(out0 + TILE_ROWS * 4, nextPairs, 0);
      v128.store32_lane(out1 + TILE_ROWS * 4, nextPairs, 1);
      v128.store32_lane(out2 + TILE_ROWS * 4, nextPairs, 2);
      v128.store32_lane(out3 + TILE_ROWS * 4, nextPairs, 3);
    }
    out0 += FOUR_STEPS;
    out1 += FOUR_STEPS;
    out2 += FOUR_STEPS;
    out3 += FOUR_STEPS;
  }
  if (HAS_CORRECTIONS) {
    subtract(corrections + rowOffset(row, TILE_ROWS * 4, INT8), i32x4.extract_lane(sums, 0));
    subtract(corrections + rowOffset(row + 1, TILE_ROWS * 4, INT8), i32x4.extract_lane(sums, 1));
    subtract(corrections + rowOffset(row + 2, TILE_ROWS * 4, INT8), i32x4.extract_lane(sums, 2));
    subtract(corrections + rowOffset(row + 3, TILE_ROWS * 4, INT8), i32x4.extract_lane(sums, 3));
  }
}

@inline
function subtract(from: usize, value: i32): void {
  store<i32>(from, load<i32>(from) - value);
}

@inline
function columnsAt(g: GradientOperand, from: usize, count: usize, scale: usize, factor: v128, counters: v128): v128 {
  const x = count == 4 ? v128.load(from) : loadUpToFour(from, count);
  return stochasticInt8(fold(x, v128.load32_splat(scale), g, INT8), factor, counters);
}

/** `sums` with 12 times the bytes of each lane added; nothing with plain SIMD. */
@inline
function addBytes(bytes: v128, sums: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i32x4.relaxed_dot_i8x16_i7x16_add_s(bytes, BIAS16, sums) : sums;
}

/** int16 within -127..127. */
@inline
function clamped(halves: v128): v128 {
  return i16x8.min_s(i16x8.max_s(halves, INT8_MIN8), INT8_MAX8);
}

/** Stores two groups of int16 from the 32-bit lane `first` on. */
@inline
function storeFourSteps(halves: v128, out: usize, first: u8): void {
  if (first == 0) {
    v128.store32_lane(out, halves, 0);
    v128.store32_lane(out, halves, 1, TILE_ROWS * 4);
  } else {
    v128.store32_lane(out, halves, 2);
    v128.store32_lane(out, halves, 3, TILE_ROWS * 4);
  }
}
