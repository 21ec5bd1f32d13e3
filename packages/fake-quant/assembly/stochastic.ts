import { greatest4, least4, leastExponent4, mantissaBits, target, zero4 } from './format';
import { random24 } from './random';
import { INFINITY4, LANES, MAGNITUDE4, SIGN4, TWO_TO_24 } from './vector-constants';
import { loadUpToFour, storeUpToFour } from './vectors';

/** Rounds `count` values that share a scale stochastically; `counter` is that of the first. */
export function stochasticSegment(x: usize, y: usize, count: i32, scale: f32, counter: i32): void {
  const factor = f32x4.splat(scale);
  // A block that counts as zero has the scale 0.
  const inverse = f32x4.splat(scale == 0 ? 0 : 1 / scale);
  let counters = i32x4.add(i32x4.splat(counter), LANES);
  for (; count >= 4; count -= 4, x += 16, y += 16) {
    v128.store(y, stochastic(v128.load(x), inverse, factor, counters));
    counters = i32x4.add(counters, i32x4.splat(4));
  }
  if (count > 0) storeUpToFour(y, stochastic(loadUpToFour(x, count), inverse, factor, counters), count);
}

/** Rounds a row of values that have a scale each stochastically. Reads scales up to a multiple of four. */
export function stochasticColumns(x: usize, y: usize, count: i32, scales: usize, counter: i32): void {
  const zero = i32x4.splat(0);
  const one = f32x4.splat(1);
  let counters = i32x4.add(i32x4.splat(counter), LANES);
  for (; count > 0; count -= 4, x += 16, y += 16, scales += 16) {
    const factor = v128.load(scales);
    const inverse = v128.andnot(f32x4.div(one, factor), f32x4.eq(factor, zero));
    if (count >= 4) v128.store(y, stochastic(v128.load(x), inverse, factor, counters));
    else storeUpToFour(y, stochastic(loadUpToFour(x, count), inverse, factor, counters), count);
    counters = i32x4.add(counters, i32x4.splat(4));
  }
}

/**
 * In the binade 2^e of q, or that of the least exponent, a step is 2^(e - m): q · 2^(m - e) counts steps, and its fraction is
 * the chance of one more.
 */
@inline
function stochastic(x: v128, inverse: v128, factor: v128, counters: v128): v128 {
  const q = f32x4.pmin(f32x4.mul(v128.and(x, MAGNITUDE4), inverse), f32x4.splat(target));
  const exponent = i32x4.max_s(v128.and(q, INFINITY4), leastExponent4);
  const perStep = i32x4.sub(i32x4.splat((254 + mantissaBits) << 23), exponent);
  const step = i32x4.sub(exponent, i32x4.splat(mantissaBits << 23));
  const steps = f32x4.mul(q, perStep);
  const lower = f32x4.floor(steps);
  const chance = f32x4.mul(f32x4.sub(steps, lower), TWO_TO_24);
  const up = v128.and(f32x4.lt(random24(counters), chance), f32x4.splat(1));
  const magnitude = f32x4.mul(f32x4.add(lower, up), step);
  const signed = v128.or(magnitude, v128.and(x, SIGN4));
  const saturated = f32x4.pmax(f32x4.pmin(signed, greatest4), least4);
  return f32x4.add(f32x4.mul(saturated, factor), zero4);
}
