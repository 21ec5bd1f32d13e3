import {
  checksAllTies,
  greatest4,
  least4,
  leastExponent,
  leastExponent4,
  mantissaBits,
  roundingShift4,
  zero4,
} from './format';
import { INFINITY4, MAGNITUDE4, SIGN4 } from './vector-constants';
import { loadUpToFour, storeUpToFour } from './vectors';

// t = RN(x / scale) is on the same side of a midpoint as the quotient unless it is the midpoint. Then, which is rare, the
// exact quotient decides, but for powers of two, whose t is exact.

/** Rounds `count` values that share a scale to nearest. */
export function nearestSegment(x: usize, y: usize, count: i32, scale: f32): void {
  const divisor = f32x4.splat(scale == 0 ? Infinity : scale);
  const factor = f32x4.splat(scale);
  const checksTies = checksAllTies || (reinterpret<i32>(scale) & 0x7fffff) != 0;
  const greatest = greatest4;
  const least = least4;
  const leastExponents = leastExponent4;
  const shift = roundingShift4;
  const zero = zero4;
  if (checksTies) {
    for (; count >= 4; count -= 4, x += 16, y += 16) {
      const values = v128.load(x);
      const a = quotient(values, divisor, greatest, least);
      const magic = roundingMagic(a, leastExponents, shift);
      const rounded = f32x4.sub(f32x4.add(a, magic), magic);
      if (v128.any_true(ties(a, rounded, magic))) decideTies(x, y, 4, factor);
      else v128.store(y, scaled(rounded, values, factor, zero));
    }
    if (count > 0) {
      const values = loadUpToFour(x, count);
      const a = quotient(values, divisor, greatest, least);
      const magic = roundingMagic(a, leastExponents, shift);
      const rounded = f32x4.sub(f32x4.add(a, magic), magic);
      if (v128.any_true(ties(a, rounded, magic))) decideTies(x, y, count, factor);
      else storeUpToFour(y, scaled(rounded, values, factor, zero), count);
    }
    return;
  }
  for (; count >= 4; count -= 4, x += 16, y += 16) {
    const values = v128.load(x);
    const a = quotient(values, divisor, greatest, least);
    const magic = roundingMagic(a, leastExponents, shift);
    v128.store(y, scaled(f32x4.sub(f32x4.add(a, magic), magic), values, factor, zero));
  }
  if (count > 0) {
    const values = loadUpToFour(x, count);
    const a = quotient(values, divisor, greatest, least);
    const magic = roundingMagic(a, leastExponents, shift);
    storeUpToFour(y, scaled(f32x4.sub(f32x4.add(a, magic), magic), values, factor, zero), count);
  }
}

/** Rounds a row of values that have a scale each to nearest. Reads scales up to a multiple of four. */
export function nearestColumns(x: usize, y: usize, count: i32, scales: usize): void {
  const greatest = greatest4;
  const least = least4;
  const leastExponents = leastExponent4;
  const shift = roundingShift4;
  const zero = zero4;
  for (; count > 0; count -= 4, x += 16, y += 16, scales += 16) {
    const values = count >= 4 ? v128.load(x) : loadUpToFour(x, count);
    const factor = v128.load(scales);
    const divisor = v128.bitselect(INFINITY4, factor, f32x4.eq(factor, i32x4.splat(0)));
    const a = quotient(values, divisor, greatest, least);
    const magic = roundingMagic(a, leastExponents, shift);
    const rounded = f32x4.sub(f32x4.add(a, magic), magic);
    if (v128.any_true(ties(a, rounded, magic))) {
      decideTies(x, y, min(count, 4), factor);
    } else {
      const results = scaled(rounded, values, factor, zero);
      if (count >= 4) v128.store(y, results);
      else storeUpToFour(y, results, count);
    }
  }
}

/** Magnitudes of x / divisor, saturated. */
@inline
function quotient(x: v128, divisor: v128, greatest: v128, least: v128): v128 {
  return v128.and(f32x4.pmax(f32x4.pmin(f32x4.div(x, divisor), greatest), least), MAGNITUDE4);
}

/** 2^23 steps of each magnitude: adding and taking it away rounds to a multiple of the step, ties to even. */
@inline
function roundingMagic(a: v128, leastExponents: v128, shift: v128): v128 {
  return i32x4.add(i32x4.max_s(v128.and(a, INFINITY4), leastExponents), shift);
}

/** Where a magnitude is half a step from what it was rounded to. */
@inline
function ties(a: v128, rounded: v128, magic: v128): v128 {
  const distance = v128.and(f32x4.sub(a, rounded), MAGNITUDE4);
  return i32x4.eq(i32x4.add(distance, i32x4.splat(24 << 23)), magic);
}

@inline
function scaled(magnitude: v128, x: v128, factor: v128, zero: v128): v128 {
  const signed = v128.or(magnitude, v128.and(x, SIGN4));
  return f32x4.add(f32x4.mul(signed, factor), zero);
}

/** Rounds up to four values where the quotient of one seems to be a tie. */
function decideTies(x: usize, y: usize, count: i32, factor: v128): void {
  const values = loadUpToFour(x, count);
  const magnitudes = f32x4(
    exactMagnitude(f32x4.extract_lane(values, 0), f32x4.extract_lane(factor, 0)),
    exactMagnitude(f32x4.extract_lane(values, 1), f32x4.extract_lane(factor, 1)),
    exactMagnitude(f32x4.extract_lane(values, 2), f32x4.extract_lane(factor, 2)),
    exactMagnitude(f32x4.extract_lane(values, 3), f32x4.extract_lane(factor, 3)),
  );
  storeUpToFour(y, scaled(magnitudes, values, factor, zero4), count);
}

/** The definition: a float64 quotient of float32 numbers never rounds onto a midpoint. */
function exactMagnitude(value: f32, scale: f32): f32 {
  if (scale == 0) return 0;
  const q = abs(<f64>value / <f64>scale);
  const limit = value < 0 ? -f32x4.extract_lane(least4, 0) : f32x4.extract_lane(greatest4, 0);
  if (q >= limit) return limit;
  const lowest = (leastExponent >> 23) - 127;
  const exponent = max(<i32>(reinterpret<i64>(q) >> 52) - 1023, lowest);
  const steps = q * powerOfTwo(mantissaBits - exponent);
  const lower = floor(steps);
  const fraction = steps - lower;
  // Without mantissa codes count exponents.
  const code = (mantissaBits == 0 ? exponent - lowest : 0) + <i32>lower;
  const up = fraction > 0.5 || (fraction == 0.5 && (code & 1) == 1);
  return <f32>((lower + <f64>up) * powerOfTwo(exponent - mantissaBits));
}

@inline
function powerOfTwo(exponent: i32): f64 {
  return reinterpret<f64>((<i64>(exponent + 1023)) << 52);
}
