import { LOWER_BYTES8, SIGNS16 } from './vector-constants';

/** Zero-filled vector of the first `count` (at most four) values at `x`. */
export function loadUpToFour(x: usize, count: i32): v128 {
  let values = i32x4.splat(0);
  if (count > 0) values = v128.load32_zero(x);
  if (count > 1) values = v128.load32_lane(x, values, 1, 4);
  if (count > 2) values = v128.load32_lane(x, values, 2, 8);
  if (count > 3) values = v128.load32_lane(x, values, 3, 12);
  return values;
}

/**
 * Packs sixteen codes to the lower eight bytes. `n0` to `n3` are the magnitudes of the codes, negated, one in each
 * 32-bit lane; the signs are those of x.
 */
@inline
export function packSixteen(n0: v128, n1: v128, n2: v128, n3: v128, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const negated = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(n0, n1), i16x8.narrow_i32x4_s(n2, n3));
  // Saturation keeps the sign, in the highest bit of each byte.
  const signs = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(x0, x1), i16x8.narrow_i32x4_s(x2, x3));
  const codes = i8x16.sub(i16x8.shr_u(v128.and(signs, SIGNS16), 4), negated);
  // Each pair of bytes 0a 0b becomes the byte ba.
  const pairs = v128.and(v128.or(codes, i16x8.shr_u(codes, 4)), LOWER_BYTES8);
  return i8x16.narrow_i16x8_u(pairs, pairs);
}

/** The word of eight codes; as {@link packSixteen}. */
@inline
export function packEight(n0: v128, n1: v128, x0: v128, x1: v128): i32 {
  const zero = i32x4.splat(0);
  return i32x4.extract_lane(packSixteen(n0, n1, zero, zero, x0, x1, zero, zero), 0);
}
