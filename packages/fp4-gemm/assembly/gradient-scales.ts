import { fold, largestLane, loadUpToFour } from './gradient-fold';
import { E5M2, E5M2_NORMAL, F32, GradientOperand, INT8, NVFP4, NVFP4_BLOCK_LOG2 } from './gradient-operand';
import { MAGNITUDE4, ONES4 } from './vector-constants';

const INFINITY_BITS: i32 = 0x7f800000;
const NAN_BITS: i32 = 0x7fc00000;
/** 2^-100 and 2^-94: `MIN_AMAX_BITS` of `src/gradient/integer-rows.ts`, and that of `e5m2.ts`. */
const MIN_AMAX_BITS: i32 = (127 - 100) << 23;
const MIN_TENSOR_AMAX_BITS: i32 = (127 - 94) << 23;

/** Fills in what the rows are rounded with, and their units. */
export function findScales(g: GradientOperand): void {
  if (g.format == E5M2 && !findTensorScale(g)) return;
  // One block in all, or the blocks of NVFP4.
  const blockSteps = g.format == NVFP4 ? <usize>1 << NVFP4_BLOCK_LOG2 : max<usize>(g.steps, 1);
  if (g.isTransposed) {
    for (let step: usize = 0, out = g.factors; step < g.steps; step += blockSteps, out += g.factorBlockBytes) {
      amaxOfColumns(g, step, min(step + blockSteps, g.steps), out);
    }
  } else {
    // A loop for each way to fold, without decisions in it.
    if (g.format == E5M2) amaxOfRows(g, blockSteps, E5M2);
    else if (g.format == E5M2_NORMAL) amaxOfRows(g, blockSteps, E5M2_NORMAL);
    else amaxOfRows(g, blockSteps, F32);
  }
  if (g.format == NVFP4) nvfp4Scales(g);
  else {
    if (g.steps == 0) memory.fill(g.factors, 0, g.rows << 2);
    rowScales(g);
  }
}

/**
 * The scale of E5M2, by the largest magnitude of dY; false where that leaves nothing to do. The format becomes
 * `E5M2_NORMAL` where the smallest magnitude allows it.
 */
function findTensorScale(g: GradientOperand): bool {
  const end = g.dy + ((g.rows * g.steps) << 2);
  const magnitudeBits = MAGNITUDE4;
  const ones = ONES4;
  let largest = i32x4.splat(0);
  // One less than a magnitude, so that zeros, which no rounding changes, are the largest unsigned integers.
  let smallest = i32x4.splat(-1);
  let at = g.dy;
  for (; at + 16 <= end; at += 16) {
    const magnitude = v128.and(v128.load(at), magnitudeBits);
    largest = i32x4.max_s(largest, magnitude);
    smallest = i32x4.min_u(smallest, i32x4.sub(magnitude, ones));
  }
  const magnitude = v128.and(loadUpToFour(at, (end - at) >> 2), magnitudeBits);
  largest = i32x4.max_s(largest, magnitude);
  smallest = i32x4.min_u(smallest, i32x4.sub(magnitude, ones));
  const amax = largestLane(largest);
  if (amax < MIN_TENSOR_AMAX_BITS || amax >= INFINITY_BITS) {
    for (let row: usize = 0; row < g.rows; row++) setRow(g, row, 0, amax < INFINITY_BITS ? 0 : NAN_BITS);
    return false;
  }
  // The exponent of p, with the bias of float32.
  const p = ((amax + 0x1fffff) >>> 23) - 15;
  g.smallestNormal = (p - 14) << 23;
  g.rounder = ((p + 7) << 23) | 0x400000;
  if (v128.any_true(i32x4.lt_u(smallest, i32x4.splat(g.smallestNormal - 1)))) return true;
  g.format = E5M2_NORMAL;
  return true;
}

@inline
function amaxOfRows(g: GradientOperand, blockSteps: usize, format: i32): void {
  for (let row: usize = 0; row < g.rows; row++) amaxOfRow(g, row, blockSteps, format);
}

/** Largest magnitudes of each block of a row, as bits. */
@inline
function amaxOfRow(g: GradientOperand, row: usize, blockSteps: usize, format: i32): void {
  const isShared = g.scaleBytes == 0;
  let out = g.factors + row * g.factorRowBytes;
  let from = g.dy + ((row * g.steps) << 2);
  let scales = g.scales;
  let scale = v128.load32_splat(scales);
  const end = from + (g.steps << 2);
  while (from < end) {
    const last = min(from + (blockSteps << 2), end);
    let largest = i32x4.splat(0);
    let largest1 = largest;
    for (; from + 32 <= last; from += 32, scales += 32) {
      let scale1 = scale;
      if (!isShared) {
        scale = v128.load(scales);
        scale1 = v128.load(scales, 16);
      }
      largest = i32x4.max_s(largest, v128.and(fold(v128.load(from), scale, g, format), MAGNITUDE4));
      largest1 = i32x4.max_s(largest1, v128.and(fold(v128.load(from, 16), scale1, g, format), MAGNITUDE4));
    }
    largest = i32x4.max_s(largest, largest1);
    if (from + 16 <= last) {
      if (!isShared) scale = v128.load(scales);
      largest = i32x4.max_s(largest, v128.and(fold(v128.load(from), scale, g, format), MAGNITUDE4));
      from += 16;
      scales += 16;
    }
    if (from < last) {
      const count = (last - from) >> 2;
      if (!isShared) scale = loadUpToFour(scales, count);
      largest = i32x4.max_s(largest, v128.and(fold(loadUpToFour(from, count), scale, g, format), MAGNITUDE4));
      from = last;
    }
    store<i32>(out, largestLane(largest));
    out += g.factorBlockBytes;
  }
}

/** Largest magnitudes of the steps `first` to `end - 1` of all rows, where these are columns of dY. */
function amaxOfColumns(g: GradientOperand, first: usize, end: usize, out: usize): void {
  const rowBytes = g.rows << 2;
  const scaleBytes = g.scaleBytes;
  memory.fill(out, 0, (rowBytes + 15) & ~15);
  let step = first;
  for (; step + 4 <= end; step += 4) {
    const from = g.dy + step * rowBytes;
    const scales = g.scales + step * scaleBytes;
    amaxOfFour(g, from, rowBytes, scales, scaleBytes, out);
  }
  for (; step < end; step++) {
    amaxOfFour(g, g.dy + step * rowBytes, 0, g.scales + step * scaleBytes, 0, out);
  }
}

/** Largest magnitudes of each column of four rows, which may be the same one. */
function amaxOfFour(
  g: GradientOperand,
  from: usize,
  rowStride: usize,
  scales: usize,
  scaleStride: usize,
  out: usize,
): void {
  if (g.format == E5M2) amaxOfFourIn(g, from, rowStride, scales, scaleStride, out, E5M2);
  else if (g.format == E5M2_NORMAL) amaxOfFourIn(g, from, rowStride, scales, scaleStride, out, E5M2_NORMAL);
  else amaxOfFourIn(g, from, rowStride, scales, scaleStride, out, F32);
}

@inline
function amaxOfFourIn(
  g: GradientOperand,
  from: usize,
  rowStride: usize,
  scales: usize,
  scaleStride: usize,
  out: usize,
  format: i32,
): void {
  const rowBytes = g.rows << 2;
  const scale0 = v128.load32_splat(scales);
  const scale1 = v128.load32_splat(scales + scaleStride);
  const scale2 = v128.load32_splat(scales + 2 * scaleStride);
  const scale3 = v128.load32_splat(scales + 3 * scaleStride);
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const isWhole = at + 16 <= rowBytes;
    const count = (rowBytes - at) >> 2;
    // The arrays by row have room for whole vectors.
    let largest = v128.load(out + at);
    let row = from + at;
    let x = isWhole ? v128.load(row) : loadUpToFour(row, count);
    largest = i32x4.max_s(largest, v128.and(fold(x, scale0, g, format), MAGNITUDE4));
    row += rowStride;
    x = isWhole ? v128.load(row) : loadUpToFour(row, count);
    largest = i32x4.max_s(largest, v128.and(fold(x, scale1, g, format), MAGNITUDE4));
    row += rowStride;
    x = isWhole ? v128.load(row) : loadUpToFour(row, count);
    largest = i32x4.max_s(largest, v128.and(fold(x, scale2, g, format), MAGNITUDE4));
    row += rowStride;
    x = isWhole ? v128.load(row) : loadUpToFour(row, count);
    largest = i32x4.max_s(largest, v128.and(fold(x, scale3, g, format), MAGNITUDE4));
    v128.store(out + at, largest);
  }
}

@inline
function setRow(g: GradientOperand, row: usize, factor: i32, unit: i32): void {
  store<i32>(g.factors + (row << 2), factor);
  store<i32>(g.units + (row << 2), unit);
}

/** Factor and unit of each row from its largest magnitude. */
function rowScales(g: GradientOperand): void {
  for (let row: usize = 0; row < g.rows; row++) {
    const amax = load<i32>(g.factors + (row << 2));
    if (amax >= INFINITY_BITS) setRow(g, row, 0, NAN_BITS);
    else if (amax < MIN_AMAX_BITS) setRow(g, row, 0, 0);
    else if (g.format == INT8) {
      const value = reinterpret<f32>(amax);
      setRow(g, row, reinterpret<i32>(<f32>127 / value), reinterpret<i32>(value / <f32>254));
    } else {
      const exponent = ((amax + 0x20000) >>> 23) - 127;
      setRow(g, row, (127 + 22 - exponent) << 23, (127 - 23 + exponent) << 23);
    }
  }
}

/** Factor and multiplier of each block, and the unit of all rows, from the largest magnitudes. */
function nvfp4Scales(g: GradientOperand): void {
  // Factors and multipliers fill two arrays of the same size, without gaps: with transposition, blocks of whole vectors.
  const end = g.multipliers;
  const toMultiplier = g.multipliers - g.factors;
  let amax = 0;
  for (let at = g.factors; at < end; at += 4) amax = max(amax, load<i32>(at));
  const isFinite = amax < INFINITY_BITS;
  const tensorScale: f32 = isFinite && amax >= MIN_AMAX_BITS ? reinterpret<f32>(amax) / <f32>2688 : 0;
  const unit = isFinite ? reinterpret<i32>(tensorScale * reinterpret<f32>((127 - 11) << 23)) : NAN_BITS;
  for (let row: usize = 0; row < g.rows; row++) store<i32>(g.units + (row << 2), unit);
  for (let at = g.factors; at < end; at += 4) {
    const blockAmax = load<i32>(at);
    const isZero = tensorScale == 0 || blockAmax < MIN_AMAX_BITS;
    const e4m3 = isZero ? 0 : roundToE4m3(<f64>reinterpret<f32>(blockAmax) / (6 * <f64>tensorScale));
    store<f32>(at, e4m3 == 0 ? 0 : 1 / (<f32>e4m3 * tensorScale));
    store<f32>(at + toMultiplier, <f32>(e4m3 * 512));
  }
}

/** The nearest E4M3, ties to even, at most 448. */
function roundToE4m3(x: f64): f64 {
  const exponent = max<i64>((reinterpret<i64>(x) >>> 52) - 1023, -6);
  const step = reinterpret<f64>((exponent - 3 + 1023) << 52);
  return min<f64>(nearest(x / step) * step, 448);
}
