import { E5M2, E5M2_NORMAL, GradientOperand } from './gradient-operand';
import { E5M2_DROPPED4, E5M2_HALF4, MAGNITUDE4, ONES4 } from './vector-constants';

/** Four elements of dY in the format E5M2 if need be, times their scales: RN32(dY * s). */
@inline
export function fold(x: v128, scale: v128, g: GradientOperand, format: i32): v128 {
  if (format == E5M2) x = roundToE5m2(x, g);
  if (format == E5M2_NORMAL) x = roundToThreeBits(x);
  return f32x4.mul(x, scale);
}

/** `roundToE5m2` of `src/gradient/e5m2.ts`. */
@inline
function roundToE5m2(x: v128, g: GradientOperand): v128 {
  const normal = roundToThreeBits(x);
  const rounder = v128.load32_splat(changetype<usize>(g) + offsetof<GradientOperand>('rounder'));
  const subnormal = f32x4.sub(f32x4.add(x, rounder), rounder);
  const limit = v128.load32_splat(changetype<usize>(g) + offsetof<GradientOperand>('smallestNormal'));
  return v128.bitselect(subnormal, normal, i32x4.lt_s(v128.and(x, MAGNITUDE4), limit));
}

/** Rounds the mantissas to E5M2's two bits after the leading one, ties to even. */
@inline
function roundToThreeBits(x: v128): v128 {
  const odd = v128.and(i32x4.shr_u(x, 21), ONES4);
  return v128.andnot(i32x4.add(i32x4.add(x, E5M2_HALF4), odd), E5M2_DROPPED4);
}

/** Four values, of which the first `count` are loaded and the others are zero. */
export function loadUpToFour(from: usize, count: usize): v128 {
  let x = i32x4.splat(0);
  if (count > 0) x = v128.load32_lane(from, x, 0);
  if (count > 1) x = v128.load32_lane(from, x, 1, 4);
  if (count > 2) x = v128.load32_lane(from, x, 2, 8);
  if (count > 3) x = v128.load32_lane(from, x, 3, 12);
  return x;
}

/** The largest lane as an integer. */
@inline
export function largestLane(x: v128): i32 {
  return max(
    max(i32x4.extract_lane(x, 0), i32x4.extract_lane(x, 1)),
    max(i32x4.extract_lane(x, 2), i32x4.extract_lane(x, 3)),
  );
}
