import { GROUP_STEPS, TILE_ROWS } from './fp4-tile';
import { fold, loadUpToFour } from './gradient-fold';
import { E5M2_NORMAL, F32, GradientOperand, HAS_CORRECTIONS, NVFP4, NVFP4_BLOCK_LOG2 } from './gradient-operand';
import { FOUR_STEPS, rowOffset } from './gradient-panel-layout';
import { fixedPoint, stochasticNvfp4 } from './gradient-round';
import { BIAS16, DIGIT_SIGNS4, LANES, TWELVE_BITS4 } from './vector-constants';

// Integers of 24 bits as digits: three of int8 (balanced: -128..127), or with plain SIMD two of int16 (12 bits, the lower one
// not negative).

/** Packs a row that is contiguous in dY. */
export function packDigitRow(
  g: GradientOperand,
  row: usize,
  step0: usize,
  steps: usize,
  out: usize,
  corrections: usize,
): void {
  // A loop for each of the formats that matter most, without decisions in it.
  if (g.format == F32) packRow(g, row, step0, steps, out, corrections, F32);
  else if (g.format == E5M2_NORMAL) packRow(g, row, step0, steps, out, corrections, E5M2_NORMAL);
  else packAnyRow(g, row, step0, steps, out, corrections);
}

function packAnyRow(
  g: GradientOperand,
  row: usize,
  step0: usize,
  steps: usize,
  out: usize,
  corrections: usize,
): void {
  packRow(g, row, step0, steps, out, corrections, g.format);
}

@inline
function packRow(
  g: GradientOperand,
  row: usize,
  step0: usize,
  steps: usize,
  out: usize,
  corrections: usize,
  format: i32,
): void {
  const first = row * g.steps + step0;
  let from = g.dy + (first << 2);
  let counters = i32x4.add(i32x4.splat(g.start + <i32>first), LANES);
  let factors = g.factors + row * g.factorRowBytes + (step0 >> NVFP4_BLOCK_LOG2) * g.factorBlockBytes;
  let multipliers = g.multipliers + row * g.factorRowBytes + (step0 >> NVFP4_BLOCK_LOG2) * g.factorBlockBytes;
  let factor = v128.load32_splat(factors);
  const isShared = g.scaleBytes == 0;
  let scales = g.scales + step0 * g.scaleBytes;
  let scale = v128.load32_splat(scales);
  let sums = i32x4.splat(0);
  for (let left = steps; left > 0; out += FOUR_STEPS, from += 16, scales += 16) {
    const count = min<usize>(left, 4);
    let x: v128;
    if (count == 4) {
      x = v128.load(from);
      if (!isShared) scale = v128.load(scales);
    } else {
      x = loadUpToFour(from, count);
      if (!isShared) scale = loadUpToFour(scales, count);
    }
    x = fold(x, scale, g, format);
    if (format == NVFP4) {
      const block = (steps - left) >> NVFP4_BLOCK_LOG2;
      factor = v128.load32_splat(factors + block * g.factorBlockBytes);
      x = stochasticNvfp4(x, factor, v128.load32_splat(multipliers + block * g.factorBlockBytes), counters);
      counters = i32x4.add(counters, i32x4.splat(4));
    } else {
      x = fixedPoint(x, factor);
    }
    sums = storeDigits(digitsOf(x), out, sums);
    left -= count;
  }
  addCorrections(sums, corrections);
}

/** Packs four rows that are neighbouring columns of dY, of which `count` are valid. */
export function packDigitColumns(
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
  const format = g.format;
  if (format == F32) packColumns(g, row0, row, count, step0, steps, panels, panelBytes, corrections, F32);
  else if (format == E5M2_NORMAL) {
    packColumns(g, row0, row, count, step0, steps, panels, panelBytes, corrections, E5M2_NORMAL);
  } else packAnyColumns(g, row0, row, count, step0, steps, panels, panelBytes, corrections);
}

function packAnyColumns(
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
  packColumns(g, row0, row, count, step0, steps, panels, panelBytes, corrections, g.format);
}

@inline
function packColumns(
  g: GradientOperand,
  row0: usize,
  row: usize,
  count: usize,
  step0: usize,
  steps: usize,
  panels: usize,
  panelBytes: usize,
  corrections: usize,
  format: i32,
): void {
  const rows = g.rows;
  const stride = rows << 2;
  const index = step0 * rows + row0 + row;
  const scaleBytes = g.scaleBytes;
  let from = g.dy + (index << 2);
  let scales = g.scales + step0 * scaleBytes;
  let counters = i32x4.add(i32x4.splat(g.start + <i32>index), LANES);
  const nextStep = i32x4.splat(<i32>rows);
  // Read anew for each block of NVFP4, the only format with more than one.
  let factor = v128.load(g.factors + ((row0 + row) << 2));
  let out0 = panels + rowOffset(row, panelBytes, F32);
  let out1 = panels + rowOffset(row + 1, panelBytes, F32);
  let out2 = panels + rowOffset(row + 2, panelBytes, F32);
  let out3 = panels + rowOffset(row + 3, panelBytes, F32);
  let sums0 = i32x4.splat(0);
  let sums1 = sums0;
  let sums2 = sums0;
  let sums3 = sums0;
  const zero = i32x4.splat(0);
  for (let step: usize = 0; step < steps; step += 4) {
    const left = steps - step;
    let multiplier = zero;
    if (format == NVFP4) {
      const block = ((step0 + step) >> NVFP4_BLOCK_LOG2) * g.factorBlockBytes + ((row0 + row) << 2);
      factor = v128.load(g.factors + block);
      multiplier = v128.load(g.multipliers + block);
    }
    const a = columnsAt(g, from, count, scales, factor, multiplier, counters, format);
    counters = i32x4.add(counters, nextStep);
    from += stride;
    scales += scaleBytes;
    const b = left > 1 ? columnsAt(g, from, count, scales, factor, multiplier, counters, format) : zero;
    counters = i32x4.add(counters, nextStep);
    from += stride;
    scales += scaleBytes;
    const c = left > 2 ? columnsAt(g, from, count, scales, factor, multiplier, counters, format) : zero;
    counters = i32x4.add(counters, nextStep);
    from += stride;
    scales += scaleBytes;
    const d = left > 3 ? columnsAt(g, from, count, scales, factor, multiplier, counters, format) : zero;
    counters = i32x4.add(counters, nextStep);
    from += stride;
    scales += scaleBytes;
    if (GROUP_STEPS == 4) {
      // Bytes of four steps become neighbours, digit by digit.
      const ab01 = v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const ab23 = v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const cd01 = v128.shuffle<i8>(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const cd23 = v128.shuffle<i8>(c, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      sums0 = storeDigits(v128.shuffle<i16>(ab01, cd01, 0, 8, 1, 9, 2, 10, 3, 11), out0, sums0);
      sums1 = storeDigits(v128.shuffle<i16>(ab01, cd01, 4, 12, 5, 13, 6, 14, 7, 15), out1, sums1);
      sums2 = storeDigits(v128.shuffle<i16>(ab23, cd23, 0, 8, 1, 9, 2, 10, 3, 11), out2, sums2);
      sums3 = storeDigits(v128.shuffle<i16>(ab23, cd23, 4, 12, 5, 13, 6, 14, 7, 15), out3, sums3);
    } else {
      const ab01 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const ab23 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cd01 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const cd23 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      storeDigits(digitsOf(v128.shuffle<i32>(ab01, cd01, 0, 1, 4, 5)), out0, zero);
      storeDigits(digitsOf(v128.shuffle<i32>(ab01, cd01, 2, 3, 6, 7)), out1, zero);
      storeDigits(digitsOf(v128.shuffle<i32>(ab23, cd23, 0, 1, 4, 5)), out2, zero);
      storeDigits(digitsOf(v128.shuffle<i32>(ab23, cd23, 2, 3, 6, 7)), out3, zero);
    }
    out0 += FOUR_STEPS;
    out1 += FOUR_STEPS;
    out2 += FOUR_STEPS;
    out3 += FOUR_STEPS;
  }
  addCorrections(sums0, corrections + rowOffset(row, TILE_ROWS * 4, F32));
  addCorrections(sums1, corrections + rowOffset(row + 1, TILE_ROWS * 4, F32));
  addCorrections(sums2, corrections + rowOffset(row + 2, TILE_ROWS * 4, F32));
  addCorrections(sums3, corrections + rowOffset(row + 3, TILE_ROWS * 4, F32));
}

/** Four neighbouring elements of a row of dY as integers, with int8 in balanced digits. */
@inline
function columnsAt(
  g: GradientOperand,
  from: usize,
  count: usize,
  scale: usize,
  factor: v128,
  multiplier: v128,
  counters: v128,
  format: i32,
): v128 {
  const x = fold(count == 4 ? v128.load(from) : loadUpToFour(from, count), v128.load32_splat(scale), g, format);
  const integers = format == NVFP4 ? stochasticNvfp4(x, factor, multiplier, counters) : fixedPoint(x, factor);
  return GROUP_STEPS == 4 ? balanced(integers) : integers;
}

/** The two's complement of an integer as balanced base-256 digits, a byte each. */
@inline
function balanced(integers: v128): v128 {
  return v128.xor(i32x4.add(integers, DIGIT_SIGNS4), DIGIT_SIGNS4);
}

/** The digits of four integers: the lowest ones of all four, then the next. */
@inline
function digitsOf(integers: v128): v128 {
  if (GROUP_STEPS == 4) {
    const digits = balanced(integers);
    return v128.shuffle<i8>(digits, digits, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  }
  return i16x8.narrow_i32x4_s(v128.and(integers, TWELVE_BITS4), i32x4.shr_s(integers, 12));
}

/** Stores the digits of four steps of a row; with int8 it returns `sums` with 12 times their sum added, by digit. */
@inline
function storeDigits(digits: v128, out: usize, sums: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    v128.store64_lane(out, digits, 0);
    v128.store32_lane(out, digits, 2, 8);
    return i32x4.relaxed_dot_i8x16_i7x16_add_s(digits, BIAS16, sums);
  }
  const groups = v128.shuffle<i32>(digits, digits, 0, 2, 1, 3);
  v128.store64_lane(out, groups, 0);
  v128.store64_lane(out, groups, 1, TILE_ROWS * 4);
  return sums;
}

@inline
function addCorrections(sums: v128, corrections: usize): void {
  if (!HAS_CORRECTIONS) return;
  store<i32>(corrections, load<i32>(corrections) - i32x4.extract_lane(sums, 0));
  store<i32>(corrections, load<i32>(corrections, 4) - i32x4.extract_lane(sums, 1), 4);
  store<i32>(corrections, load<i32>(corrections, 8) - i32x4.extract_lane(sums, 2), 8);
}
