import {
  bandBlocks,
  bandBytes,
  bandScales,
  blockCols,
  blockRows,
  clipBandStride,
  clipBlockStride,
  clips,
  cols,
  fillNan,
  foldLane,
  foldLanes,
  quantizeBand,
  rowBytes,
  rows,
} from './blocks';
import { INFINITY4, MAGNITUDE4, NAN4 } from './vector-constants';
import { loadUpToFour, storeUpToFour } from './vectors';

// dx is dy where x is inside the format and 0 elsewhere. With clip factors dx first holds y, which the terms of their
// gradients need. The definition is `src/fake-quantize/gradient-reference.ts`.

/**
 * @param dclip - as many sums as there are clip factors; not read or written without them
 * @param above - |x| / scale of positive x is inside up to this bound,
 * @param isAboveInside - and including it or not; `below` in the same way for negative x
 * @param scratch - 8 numbers for each block of a row, each on whole vectors
 */
export function fakeQuantizeGradient(
  dy: usize,
  x: usize,
  dx: usize,
  dclip: usize,
  clipCount: i32,
  above: f64,
  isAboveInside: bool,
  below: f64,
  isBelowInside: bool,
  scratch: usize,
): void {
  const totals = scratch + bandBytes;
  const scales = scratch + 5 * bandBytes;
  const upper = scratch + 6 * bandBytes;
  const lower = scratch + 7 * bandBytes;
  const hasClip = clips != 0;
  if (hasClip) memory.fill(dclip, 0, <usize>clipCount << 2);
  for (let row = 0, band = 0; row < rows; row += blockRows, band++) {
    const at = <usize>row * rowBytes;
    const height = min(blockRows, rows - row);
    const isNan = bandScales(x + at, band, height, scales, scratch);
    for (let block = 0; block < bandBlocks; block++) {
      const offset = <usize>block << 2;
      const scale = load<f32>(scales + offset);
      store<i32>(upper + offset, limitBits(above, isAboveInside, scale));
      store<i32>(lower + offset, limitBits(below, isBelowInside, scale));
    }
    if (hasClip) quantizeBand(x + at, dx + at, row, height, scales);
    maskBand(dy + at, x + at, dx + at, height, upper, lower, hasClip, totals);
    if (hasClip) addTotals(totals, dclip + <usize>band * clipBandStride);
    if (isNan) fillNan(dx + at, height, scales);
  }
  if (hasClip) divideByFactors(dclip, clipCount);
}

/** The gradient of a format without scales: |x| is inside up to the bits `limit`. */
export function fakeQuantizeGradientUnscaled(dy: usize, x: usize, dx: usize, count: i32, limit: i32): void {
  const limits = i32x4.splat(limit);
  for (; count > 0; count -= 4, dy += 16, x += 16, dx += 16) {
    const magnitude = v128.and(count >= 4 ? v128.load(x) : loadUpToFour(x, count), MAGNITUDE4);
    const gradient = count >= 4 ? v128.load(dy) : loadUpToFour(dy, count);
    const inside = v128.andnot(gradient, i32x4.gt_s(magnitude, limits));
    storeUpToFour(dx, v128.bitselect(NAN4, inside, i32x4.ge_s(magnitude, INFINITY4)), min(count, 4));
  }
}

/** The bits of the largest float32 inside bound · scale, a product that float64 holds exactly. */
function limitBits(bound: f64, inclusive: bool, scale: f32): i32 {
  if (scale == 0) return 0x7f7fffff;
  const exact = bound * <f64>scale;
  const nearest = <f32>exact;
  const isOutside = inclusive ? <f64>nearest > exact : <f64>nearest >= exact;
  return reinterpret<i32>(nearest) - i32(isOutside);
}

/** `totals` has 4 `bandBytes`; the first get the sum of each block. */
function maskBand(
  dy: usize,
  x: usize,
  dx: usize,
  height: i32,
  upper: usize,
  lower: usize,
  hasClip: bool,
  totals: usize,
): void {
  if (hasClip) memory.fill(totals, 0, bandBytes << 2);
  for (let row = 0; row < height; row++) {
    if (blockCols == 1) {
      maskColumns(dy, x, dx, upper, lower, hasClip, totals + <usize>(row & 3) * bandBytes);
    } else {
      for (let block = 0, first = 0; first < cols; block++, first += blockCols) {
        const offset = <usize>block << 2;
        const at = <usize>first << 2;
        const count = min(blockCols, cols - first);
        const high = i32x4.splat(load<i32>(upper + offset));
        const low = i32x4.splat(load<i32>(lower + offset));
        const sum = maskSegment(dy + at, x + at, dx + at, count, high, low, hasClip);
        if (hasClip) store<f32>(totals + offset, load<f32>(totals + offset) + sum);
      }
    }
    dy += rowBytes;
    x += rowBytes;
    dx += rowBytes;
  }
  if (hasClip && blockCols == 1) foldLanes(totals);
}

function maskSegment(dy: usize, x: usize, dx: usize, count: i32, high: v128, low: v128, hasClip: bool): f32 {
  let lanes = i32x4.splat(0);
  for (; count >= 4; count -= 4, dy += 16, x += 16, dx += 16) {
    const values = v128.load(x);
    const gradient = v128.load(dy);
    const outside = isOutside(values, high, low);
    if (hasClip) lanes = f32x4.add(lanes, term(gradient, values, v128.load(dx), outside));
    v128.store(dx, v128.andnot(gradient, outside));
  }
  if (count > 0) {
    const values = loadUpToFour(x, count);
    const gradient = loadUpToFour(dy, count);
    const outside = isOutside(values, high, low);
    if (hasClip) lanes = f32x4.add(lanes, term(gradient, values, loadUpToFour(dx, count), outside));
    storeUpToFour(dx, v128.andnot(gradient, outside), count);
  }
  return foldLane(lanes);
}

function maskColumns(
  dy: usize,
  x: usize,
  dx: usize,
  upper: usize,
  lower: usize,
  hasClip: bool,
  lane: usize,
): void {
  for (let count = cols; count > 0; count -= 4) {
    const values = count >= 4 ? v128.load(x) : loadUpToFour(x, count);
    const gradient = count >= 4 ? v128.load(dy) : loadUpToFour(dy, count);
    const outside = isOutside(values, v128.load(upper), v128.load(lower));
    if (hasClip) {
      const y = count >= 4 ? v128.load(dx) : loadUpToFour(dx, count);
      v128.store(lane, f32x4.add(v128.load(lane), term(gradient, values, y, outside)));
    }
    const inside = v128.andnot(gradient, outside);
    if (count >= 4) v128.store(dx, inside);
    else storeUpToFour(dx, inside, count);
    dy += 16;
    x += 16;
    dx += 16;
    upper += 16;
    lower += 16;
    lane += 16;
  }
}

@inline
function isOutside(x: v128, high: v128, low: v128): v128 {
  const limit = v128.bitselect(low, high, i32x4.shr_s(x, 31));
  return i32x4.gt_s(v128.and(x, MAGNITUDE4), limit);
}

/** dy (y - x) inside, dy y outside. */
@inline
function term(dy: v128, x: v128, y: v128, outside: v128): v128 {
  return f32x4.mul(dy, f32x4.sub(y, v128.andnot(x, outside)));
}

function addTotals(totals: usize, sums: usize): void {
  for (let block = 0; block < bandBlocks; block++, totals += 4, sums += clipBlockStride) {
    store<f32>(sums, load<f32>(sums) + load<f32>(totals));
  }
}

function divideByFactors(sums: usize, count: i32): void {
  for (let k = 0; k < count; k++, sums += 4) {
    const clip = load<f32>(clips + (<usize>k << 2));
    // 2^-100.
    const quotient: f32 = clip < 7.888609052210118e-31 ? <f32>0 : load<f32>(sums) / clip;
    store<i32>(sums, quotient == quotient ? reinterpret<i32>(quotient) : 0x7fc00000);
  }
}
