import { greatest4, mantissaBits } from './format';
import { nearestSegment } from './nearest';
import { lowbias32 } from './random';
import { stochasticSegment } from './stochastic';
import { INFINITY4, LANES, MAGNITUDE4, NAN4, SIGN4 } from './vector-constants';
import { loadUpToFour, storeUpToFour } from './vectors';

/** Rounds `count` values to a format without scales: bfloat16 on the bits, whose exponents it shares; binary16 as if scaled by 1. */
export function roundUnscaled(x: usize, y: usize, count: i32, isStochastic: bool, counter: i32): void {
  if (mantissaBits == 7) {
    roundBf16(x, y, count, isStochastic, counter);
    return;
  }
  if (isStochastic) stochasticSegment(x, y, count, 1, counter);
  else nearestSegment(x, y, count, 1);
  for (; count >= 4; count -= 4, x += 16, y += 16) {
    v128.store(y, nonFiniteToNan(v128.load(x), v128.load(y)));
  }
  storeUpToFour(y, nonFiniteToNan(loadUpToFour(x, count), loadUpToFour(y, count)), count);
}

function roundBf16(x: usize, y: usize, count: i32, isStochastic: bool, counter: i32): void {
  let counters = i32x4.add(i32x4.splat(counter), LANES);
  const four = i32x4.splat(isStochastic ? 4 : 0);
  for (; count >= 4; count -= 4, x += 16, y += 16) {
    v128.store(y, bf16(v128.load(x), isStochastic, counters));
    counters = i32x4.add(counters, four);
  }
  if (count > 0) storeUpToFour(y, bf16(loadUpToFour(x, count), isStochastic, counters), count);
}

/** Adds to the lower half what carries into the upper one: half a step less the least bit kept, or 16 random bits. */
@inline
function bf16(x: v128, isStochastic: bool, counters: v128): v128 {
  const magnitude = v128.and(x, MAGNITUDE4);
  const addend = isStochastic
    ? randomCarry(counters)
    : i32x4.add(i32x4.splat(0x7fff), v128.and(i32x4.shr_u(magnitude, 16), i32x4.splat(1)));
  const rounded = v128.and(i32x4.add(magnitude, addend), i32x4.splat(0xffff0000));
  const saturated = i32x4.min_s(rounded, greatest4);
  return nonFiniteToNan(x, v128.or(saturated, v128.and(x, SIGN4)));
}

/**
 * A value rounds up if the upper 24 random bits r are below its lower half f times 2^8, that is if f exceeds floor(r / 2^8) =
 * h, that is if f + (2^16 - 1 - h) carries.
 */
@inline
function randomCarry(counters: v128): v128 {
  return i32x4.sub(i32x4.splat(0xffff), i32x4.shr_u(lowbias32(counters), 16));
}

@inline
function nonFiniteToNan(x: v128, y: v128): v128 {
  return v128.bitselect(NAN4, y, i32x4.ge_s(v128.and(x, MAGNITUDE4), INFINITY4));
}
