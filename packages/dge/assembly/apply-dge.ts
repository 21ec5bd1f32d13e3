import { exp2, log2 } from './power';
import {
  FOUR4,
  LEAST_NORMAL4,
  MAGNITUDE4,
  ONE4,
  THREE4,
  THREE_LESS_TWO4,
  TWO4,
  ZERO4,
} from './vector-constants';

const LEAST_NORMAL: f32 = 1.1754943508222875e-38;
/** 2^100. */
const GREATEST_ARGUMENT: f32 = 1.2676506002282294e30;

/**
 * dw[n, k] *= min(clip, slope * u^exponent), u from w[n, k] / scales[n * scaleStride]; slope = 1/k, exponent = 1/k - 1.
 * The operations of src/apply-dge/f32-order.ts in its order: the same bits.
 *
 * Each operation waits for the one before, so that a processor needs many vectors on their way at once: a row goes
 * through the three steps one after the other, in loops of short bodies.
 *
 * @param scratch - 8 * (cols rounded up to 4) bytes, 16-byte aligned
 */
export function applyDge(
  dw: usize,
  w: usize,
  scales: usize,
  scaleStride: i32,
  rows: i32,
  cols: i32,
  exponent: f32,
  slope: f32,
  clip: f32,
  isMsAmp: i32,
  scratch: usize,
): void {
  const rowBytes = (<usize>cols) << 2;
  const logs = scratch + ((rowBytes + 15) & ~15);
  for (let row = 0; row < rows; row++, dw += rowBytes, w += rowBytes) {
    writeDistances(w, cols, load<f32>(scales + ((<usize>(row * scaleStride)) << 2)), isMsAmp, scratch);
    writeLogs(scratch, logs);
    multiply(dw, cols, scratch, logs, exponent, slope, clip);
  }
}

/**
 * How far the weights of a row are from the middles of their intervals, in half widths of those; negative where the
 * derivative is 0 because they are outside.
 */
function writeDistances(w: usize, cols: i32, scale: f32, isMsAmp: i32, distances: usize): void {
  // A row of zeros has scale 0, and its argument is 0: dividing 0 by 1 does that.
  const isZero = abs(scale) < LEAST_NORMAL;
  const divisor = f32x4.splat(isZero ? 1 : scale);
  const keep = i32x4.splat(isZero ? 0 : -1);
  const greatest = f32x4.splat(isMsAmp != 0 ? GREATEST_ARGUMENT : 6);
  // Nothing is above infinity.
  const outer = f32x4.splat(isMsAmp != 0 ? 6 : Infinity);
  const end = w + ((<usize>(cols & ~3)) << 2);
  for (; w < end; w += 16, distances += 16) {
    v128.store(distances, distance(f32x4.div(v128.and(v128.load(w), keep), divisor), greatest, outer));
  }
  const left = cols & 3;
  if (left == 0) return;
  v128.store(distances, distance(f32x4.div(v128.and(loadPart(w, left), keep), divisor), greatest, outer));
}

@inline
function distance(x: v128, greatest: v128, outer: v128): v128 {
  // pmin and pmax are one instruction on x86, min and max eight; a NaN in the first operand stays.
  const magnitude = f32x4.pmin(v128.and(x, MAGNITUDE4), greatest);
  // The interval width is 2 from 4 on, 1 from 2 on, 1/2 below, and every left edge is a multiple of it. A comparison
  // that holds is -1: each halves the 2 that a magnitude is multiplied by, in its exponent.
  const isWide = f32x4.ge(magnitude, FOUR4);
  const isMiddle = f32x4.ge(magnitude, TWO4);
  const perWidth = i32x4.add(TWO4, i32x4.shl(i32x4.add(isWide, isMiddle), 23));
  const position = f32x4.mul(magnitude, perWidth);
  // The last interval, [4, 6] = 2 * [2, 3], is closed at the top and goes on above it; 2 is 3 without a bit.
  const left = f32x4.pmin(f32x4.floor(position), v128.andnot(THREE4, v128.and(isWide, THREE_LESS_TWO4)));
  const part = f32x4.sub(position, left);
  const u = v128.and(f32x4.sub(f32x4.add(part, part), ONE4), MAGNITUDE4);
  return v128.or(u, v128.andnot(f32x4.gt(x, outer), MAGNITUDE4));
}

/** The logarithms of the distances, those of zeros and negatives being that of the least normal float32. */
function writeLogs(distances: usize, logs: usize): void {
  for (const end = logs; distances < end; distances += 16, logs += 16) {
    v128.store(logs, log2(f32x4.pmax(v128.load(distances), LEAST_NORMAL4)));
  }
}

/** dw *= min(clip, slope * 2^(exponent * log)). */
function multiply(
  dw: usize,
  cols: i32,
  distances: usize,
  logs: usize,
  exponent: f32,
  slope: f32,
  clip: f32,
): void {
  const exponents = f32x4.splat(exponent);
  const slopes = f32x4.splat(slope);
  const clips = f32x4.splat(clip);
  // What the factor is at least where the distance is 0.
  const atZero = f32x4.splat(exponent < 0 ? clip : 0);
  const end = dw + ((<usize>(cols & ~3)) << 2);
  for (; dw < end; dw += 16, distances += 16, logs += 16) {
    const power = exp2(f32x4.mul(exponents, v128.load(logs)));
    const factor = derivative(v128.load(distances), power, slopes, clips, atZero);
    v128.store(dw, f32x4.mul(v128.load(dw), factor));
  }
  const left = cols & 3;
  if (left == 0) return;
  const power = exp2(f32x4.mul(exponents, v128.load(logs)));
  const factor = derivative(v128.load(distances), power, slopes, clips, atZero);
  storePart(dw, f32x4.mul(loadPart(dw, left), factor), left);
}

@inline
function derivative(u: v128, power: v128, slopes: v128, clips: v128, atZero: v128): v128 {
  const clipped = f32x4.pmin(f32x4.mul(slopes, power), clips);
  const factor = f32x4.pmax(clipped, v128.and(f32x4.eq(u, ZERO4), atZero));
  const inside = v128.andnot(factor, i32x4.shr_s(u, 31));
  // The logarithm reads bits, so a NaN has to be carried around it: all ones is a NaN.
  return v128.or(inside, f32x4.ne(u, u));
}

/** The first 1 to 3 floats, then zeros. */
function loadPart(at: usize, count: i32): v128 {
  let part = v128.load32_zero(at);
  if (count > 1) part = v128.load32_lane(at + 4, part, 1);
  if (count > 2) part = v128.load32_lane(at + 8, part, 2);
  return part;
}

function storePart(at: usize, part: v128, count: i32): void {
  v128.store32_lane(at, part, 0);
  if (count > 1) v128.store32_lane(at + 4, part, 1);
  if (count > 2) v128.store32_lane(at + 8, part, 2);
}
