import { INFINITY_BITS, MIN_AMAX_BITS, NAN_BITS } from './limits';

/** src/round-rows-e4m3/reference.ts, the same bits: each row to E4M3 under a power-of-two scale. */
export function roundRowsE4m3(x: usize, out: usize, rows: i32, cols: i32): void {
  const rowBytes = (<usize>cols) << 2;
  for (let row = 0; row < rows; row++, x += rowBytes, out += rowBytes) {
    const amax = amaxOf(x, rowBytes);
    if (amax >= INFINITY_BITS) {
      for (let at: usize = 0; at < rowBytes; at += 4) store<i32>(out + at, NAN_BITS);
    } else if (amax < MIN_AMAX_BITS) {
      for (let at: usize = 0; at < rowBytes; at += 4) {
        store<i32>(out + at, load<i32>(x + at) & 0x80000000);
      }
    } else {
      const least = leastExponent(amax);
      let at: usize = 0;
      for (; at + 16 <= rowBytes; at += 16) v128.store(out + at, roundFour(v128.load(x + at), least));
      for (; at < rowBytes; at += 4) {
        const rounded = roundFour(v128.load32_splat(x + at), least);
        v128.store32_lane(out + at, rounded, 0);
      }
    }
  }
}

/** src/round-residual-e4m3/reference.ts, the same bits: entries that round to 0 leave their slots to those behind. */
export function roundResidualE4m3(
  indices: usize,
  values: usize,
  keptIndices: usize,
  keptValues: usize,
  rows: i32,
  width: i32,
): void {
  const rowBytes = (<usize>width) << 2;
  for (let first: usize = 0, end = <usize>rows * rowBytes; first < end; first += rowBytes) {
    const amax = amaxOf(values + first, rowBytes);
    const least = leastExponent(max(amax, MIN_AMAX_BITS));
    let slot = first;
    if (amax >= MIN_AMAX_BITS) {
      for (let at = first; at < first + rowBytes; at += 4) {
        const rounded = roundFour(v128.load32_splat(values + at), least);
        const bits = amax >= INFINITY_BITS ? NAN_BITS : i32x4.extract_lane(rounded, 0);
        if ((bits & 0x7fffffff) == 0) continue;
        store<i32>(keptIndices + slot, load<i32>(indices + at));
        store<i32>(keptValues + slot, bits);
        slot += 4;
      }
    }
    for (; slot < first + rowBytes; slot += 4) {
      store<i32>(keptIndices + slot, 0);
      store<i32>(keptValues + slot, 0);
    }
  }
}

/** The bits of the largest magnitude. */
export function amaxOf(x: usize, bytes: usize): i32 {
  const mask = i32x4.splat(0x7fffffff);
  let largest = i32x4.splat(0);
  const end = x + bytes;
  for (; x + 16 <= end; x += 16) largest = i32x4.max_s(largest, v128.and(v128.load(x), mask));
  for (; x < end; x += 4) largest = i32x4.max_s(largest, v128.and(v128.load32_splat(x), mask));
  const pairs = i32x4.max_s(largest, v128.shuffle<i32>(largest, largest, 2, 3, 0, 1));
  return max(i32x4.extract_lane(pairs, 0), i32x4.extract_lane(pairs, 1));
}

/** The biased exponent of E4M3's least normal number, 2^-6, under the scale 2^ceil(log2(amax / 448)); 448 is 1.75 * 2^8. */
export function leastExponent(amax: i32): i32 {
  return (amax >> 23) - 14 + i32((amax & 0x7fffff) > 0x600000);
}

/** Four values to E4M3 under the scale that `least` stands for. */
export function roundFour(x: v128, least: i32): v128 {
  const magnitude = v128.and(x, i32x4.splat(0x7fffffff));
  const odd = v128.and(i32x4.shr_u(magnitude, 20), i32x4.splat(1));
  const up = i32x4.add(i32x4.add(magnitude, i32x4.splat(0x7ffff)), odd);
  const normal = v128.and(up, i32x4.splat(0x7ff00000));
  // Below the least normal number lie steps of 2^-9. Multiplying by a power of two is exact, or gives less than a half.
  const step = i32x4.splat((least - 3) << 23);
  const perStep = i32x4.splat((257 - least) << 23);
  const small = f32x4.mul(f32x4.nearest(f32x4.mul(magnitude, perStep)), step);
  const isSmall = i32x4.lt_s(magnitude, i32x4.splat(least << 23));
  return v128.or(v128.bitselect(small, normal, isSmall), v128.and(x, i32x4.splat(0x80000000)));
}
