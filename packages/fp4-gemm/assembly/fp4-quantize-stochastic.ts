import { loadUpToFour, packEight, packSixteen } from './fp4-quantize-pack';
import {
  CODE_BASE4,
  HASH_FACTOR0,
  HASH_FACTOR1,
  INFINITY4,
  ONE4,
  SIX4,
  TWO_TO_23,
  TWO_TO_24,
} from './vector-constants';

/**
 * Encodes `count` values under the scale with the bits `scale` stochastically; scale 0 gives signed zeros. `counter` is
 * `lowbias32(seed)` plus the index of the first value in the matrix.
 */
export function encodeStochastic(x: usize, count: i32, scale: i32, counter: i32, codes: usize): void {
  const isZero = scale == 0;
  const inverse = f32x4.splat(isZero ? 0 : 1 / reinterpret<f32>(scale));
  // Takes away infinities and NaN as well.
  const mask = i32x4.splat(isZero ? 0 : 0x7fffffff);
  let counters = i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3));
  for (; count >= 16; count -= 16, x += 64, codes += 8) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    const bytes = packSixteen(
      minusCode(x0, inverse, mask, counters),
      minusCode(x1, inverse, mask, i32x4.add(counters, i32x4.splat(4))),
      minusCode(x2, inverse, mask, i32x4.add(counters, i32x4.splat(8))),
      minusCode(x3, inverse, mask, i32x4.add(counters, i32x4.splat(12))),
      x0,
      x1,
      x2,
      x3,
    );
    v128.store64_lane(codes, bytes, 0);
    counters = i32x4.add(counters, i32x4.splat(16));
  }
  for (; count > 0; count -= 8, x += 32, codes += 4) {
    const x0 = loadUpToFour(x, count);
    const x1 = loadUpToFour(x + 16, count - 4);
    const word = packEight(
      minusCode(x0, inverse, mask, counters),
      minusCode(x1, inverse, mask, i32x4.add(counters, i32x4.splat(4))),
      x0,
      x1,
    );
    store<i32>(codes, word);
    counters = i32x4.add(counters, i32x4.splat(8));
  }
}

/**
 * Minus the magnitudes of four codes. In the binade 2^e of q (e = 0 also below 1) a step is 2^(e - 1), so q · 2^(1 - e)
 * counts steps: its integer part is the lower code but for 2 e, and its fraction the chance of the next.
 */
@inline
function minusCode(x: v128, inverse: v128, mask: v128, counters: v128): v128 {
  const q = f32x4.pmin(f32x4.mul(v128.and(x, mask), inverse), SIX4);
  const exponent = v128.and(f32x4.pmax(q, ONE4), INFINITY4);
  const steps = f32x4.mul(q, i32x4.sub(INFINITY4, exponent));
  const lower = f32x4.floor(steps);
  const chance = f32x4.mul(f32x4.sub(steps, lower), TWO_TO_24);
  const random = f32x4.convert_i32x4_s(i32x4.shr_u(lowbias32(counters), 8));
  const minusUp = f32x4.lt(random, chance);
  // 2^23 + lower has lower in its lowest bits; the exponent counts from 127.
  const lowerBits = f32x4.add(lower, TWO_TO_23);
  const code = i32x4.add(lowerBits, i32x4.shr_u(exponent, 22));
  return i32x4.sub(i32x4.add(minusUp, CODE_BASE4), code);
}

/** The hash of `counterBits` in `@nibble-ml/fp4-format`. */
@inline
function lowbias32(input: v128): v128 {
  let x = i32x4.mul(v128.xor(input, i32x4.shr_u(input, 16)), HASH_FACTOR0);
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), HASH_FACTOR1);
  return v128.xor(x, i32x4.shr_u(x, 16));
}
