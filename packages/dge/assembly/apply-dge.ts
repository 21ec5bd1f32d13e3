import { pow } from './power';

const LEAST_NORMAL: f32 = 1.1754943508222875e-38;
/** 2^100. */
const GREATEST_ARGUMENT: f32 = 1.2676506002282294e30;

/**
 * dw[n, k] *= min(clip, slope * u^exponent), u from w[n, k] / scales[n * scaleStride]; slope = 1/k, exponent = 1/k - 1.
 * The operations of src/apply-dge/f32-order.ts in its order: the same bits.
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
): void {
  for (let row = 0; row < rows; row++) {
    const scale = load<f32>(scales + ((<usize>(row * scaleStride)) << 2));
    // A row of zeros has scale 0, and its argument is 0: dividing 0 by 1 does that.
    const isZero = abs(scale) < LEAST_NORMAL;
    const divisor = f32x4.splat(isZero ? 1 : scale);
    const keep = i32x4.splat(isZero ? 0 : -1);
    const end = dw + ((<usize>cols) << 2);
    while (dw < end) {
      const left = i32((end - dw) >> 2);
      const isFull = left >= 4;
      const weight = isFull ? v128.load(w) : loadPart(w, left);
      const gradient = isFull ? v128.load(dw) : loadPart(dw, left);
      const scaled = f32x4.div(v128.and(weight, keep), divisor);
      const product = f32x4.mul(gradient, derivative(scaled, exponent, slope, clip, isMsAmp));
      if (isFull) v128.store(dw, product);
      else storePart(dw, product, left);
      const bytes = (<usize>min(left, 4)) << 2;
      dw += bytes;
      w += bytes;
    }
  }
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

function derivative(x: v128, exponent: f32, slope: f32, clip: f32, isMsAmp: i32): v128 {
  // pmin and pmax are one instruction on x86, min and max eight; a NaN in the first operand stays.
  const clips = f32x4.splat(clip);
  const one = f32x4.splat(1);
  const magnitude = f32x4.pmin(f32x4.abs(x), f32x4.splat(isMsAmp != 0 ? GREATEST_ARGUMENT : 6));

  // The interval width is 2 from 4 on, 1 from 2 on, 1/2 below, and every left edge is a multiple of it.
  const isWide = f32x4.ge(magnitude, f32x4.splat(4));
  const isMiddle = f32x4.ge(magnitude, f32x4.splat(2));
  const perWidth = v128.bitselect(f32x4.splat(0.5), v128.bitselect(one, f32x4.splat(2), isMiddle), isWide);
  const position = f32x4.mul(magnitude, perWidth);
  // The last interval, [4, 6] = 2 * [2, 3], is closed at the top and goes on above it.
  const left = f32x4.pmin(f32x4.floor(position), v128.bitselect(f32x4.splat(2), f32x4.splat(3), isWide));
  const twice = f32x4.mul(f32x4.sub(position, left), f32x4.splat(2));
  const u = f32x4.abs(f32x4.sub(twice, one));

  const powered = pow(f32x4.pmax(u, f32x4.splat(LEAST_NORMAL)), f32x4.splat(exponent));
  const unclipped = f32x4.mul(f32x4.splat(slope), powered);
  let factor = f32x4.pmin(unclipped, clips);
  if (exponent < 0) factor = v128.bitselect(clips, factor, f32x4.eq(u, f32x4.splat(0)));
  if (isMsAmp != 0) factor = v128.andnot(factor, f32x4.gt(x, f32x4.splat(6)));
  // The logarithm reads bits, so a NaN has to be carried around it: all ones is a NaN.
  return v128.or(factor, f32x4.ne(u, u));
}
