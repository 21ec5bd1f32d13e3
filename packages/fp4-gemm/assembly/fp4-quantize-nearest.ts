import { loadUpToFour, packEight, packSixteen } from './fp4-quantize-pack';
import { MAGNITUDE4 } from './vector-constants';

/**
 * Encodes `count` values under the scale with the bits `scale`, ties to even, to `ceil(count / 8)` words; scale 0 gives
 * signed zeros. The magnitude of a code is the number of thresholds below the bits of |x|.
 */
export function encodeNearest(x: usize, count: i32, scale: i32, codes: usize): void {
  let low = MAGNITUDE4;
  let high = low;
  if ((scale & 0x7fffff) == 0 && scale != 0) {
    // Powers of two: the midpoints .25, .75, … themselves, those that may be met one less.
    const exponent = i32x4.splat(scale - 0x3f800000);
    low = i32x4.add(i32x4(0x3e800000, 0x3f3fffff, 0x3fa00000, 0x3fdfffff), exponent);
    high = i32x4.add(i32x4(0x40200000, 0x405fffff, 0x40a00000, 0), exponent);
  } else if (scale != 0) {
    low = thresholds(scale, i32x4(1, 3, 5, 7), i32x4(0, -1, 0, -1));
    high = thresholds(scale, i32x4(10, 14, 20, 20), i32x4(0, -1, 0, 0));
  }
  const t0 = v128.shuffle<i32>(low, low, 0, 0, 0, 0);
  const t1 = v128.shuffle<i32>(low, low, 1, 1, 1, 1);
  const t2 = v128.shuffle<i32>(low, low, 2, 2, 2, 2);
  const t3 = v128.shuffle<i32>(low, low, 3, 3, 3, 3);
  const t4 = v128.shuffle<i32>(high, high, 0, 0, 0, 0);
  const t5 = v128.shuffle<i32>(high, high, 1, 1, 1, 1);
  const t6 = v128.shuffle<i32>(high, high, 2, 2, 2, 2);
  for (; count >= 16; count -= 16, x += 64, codes += 8) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    const bytes = packSixteen(
      minusPassed(x0, t0, t1, t2, t3, t4, t5, t6),
      minusPassed(x1, t0, t1, t2, t3, t4, t5, t6),
      minusPassed(x2, t0, t1, t2, t3, t4, t5, t6),
      minusPassed(x3, t0, t1, t2, t3, t4, t5, t6),
      x0,
      x1,
      x2,
      x3,
    );
    v128.store64_lane(codes, bytes, 0);
  }
  for (; count > 0; count -= 8, x += 32, codes += 4) {
    const x0 = loadUpToFour(x, count);
    const x1 = loadUpToFour(x + 16, count - 4);
    const word = packEight(
      minusPassed(x0, t0, t1, t2, t3, t4, t5, t6),
      minusPassed(x1, t0, t1, t2, t3, t4, t5, t6),
      x0,
      x1,
    );
    store<i32>(codes, word);
  }
}

/**
 * The bits below which |x| has not passed the midpoints `quarters / 4 * scale`: those of the product rounded down where
 * it must be exceeded (`limits` 0), one less than those of it rounded up where meeting it is enough (-1).
 */
@inline
function thresholds(scale: i32, quarters: v128, limits: v128): v128 {
  const product = i32x4.mul(i32x4.splat((scale & 0x7fffff) | 0x800000), quarters);
  const nearest = f32x4.convert_i32x4_s(product);
  const excess = i32x4.sub(i32x4.trunc_sat_f32x4_s(nearest), product);
  // A comparison that holds is -1.
  const bits = i32x4.add(nearest, i32x4.gt_s(excess, limits));
  return i32x4.add(bits, i32x4.splat(((scale >> 23) - 152) << 23));
}

/** Minus the number of thresholds that each of four magnitudes exceeds. */
@inline
function minusPassed(x: v128, t0: v128, t1: v128, t2: v128, t3: v128, t4: v128, t5: v128, t6: v128): v128 {
  const a = v128.and(x, MAGNITUDE4);
  return i32x4.add(
    i32x4.add(i32x4.add(i32x4.gt_s(a, t0), i32x4.gt_s(a, t1)), i32x4.add(i32x4.gt_s(a, t2), i32x4.gt_s(a, t3))),
    i32x4.add(i32x4.add(i32x4.gt_s(a, t4), i32x4.gt_s(a, t5)), i32x4.gt_s(a, t6)),
  );
}
