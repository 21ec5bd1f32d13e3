import { counterBits } from '@nibble-ml/fp4-format';
import { amaxBits, floatOfBits, INFINITY_BITS, MIN_AMAX_BITS } from './integer-rows.ts';
import type { FoldedGradient, IntegerRows } from './integer-rows.ts';

/**
 * Rounds each row to integers -127..127 stochastically, in float32 arithmetic. With amax the row's largest magnitude and
 * inverse = RN32(127 / amax),
 *
 *     t = RN32(g · inverse),   f = floor(t)
 *     value = f + (the upper 24 random bits < RN32(t - f) · 2^24), clamped to -127..127
 *
 * and the unit of a sum is RN32(amax / 254), half of what 1 stands for. The random bits of an element are counterBits(seed, its
 * index in dY). The expected value is g · inverse but for the roundings, 2^-24 of 127 at most.
 */
export function stochasticInt8Rows(gradient: FoldedGradient, seed: number): IntegerRows {
  const { rows, steps, values, rowStride, stepStride } = gradient;
  const integers = new Int32Array(rows * steps);
  const units = new Float32Array(rows);
  const f32 = Math.fround;
  for (let r = 0; r < rows; r++) {
    const start = r * steps;
    const bits = amaxBits(values, start, start + steps);
    if (bits >= INFINITY_BITS) units[r] = NaN;
    if (bits >= INFINITY_BITS || bits < MIN_AMAX_BITS) continue;
    const amax = floatOfBits(bits);
    // Rounding a quotient of float32 values to float64 first does not change it (Figueroa 1995).
    const inverse = f32(127 / amax);
    units[r] = amax / 254;
    for (let k = 0; k < steps; k++) {
      const t = f32(values[start + k]! * inverse);
      const floor = Math.floor(t);
      const random = counterBits(seed, r * rowStride + k * stepStride) >>> 8;
      const rounded = floor + (random < f32(t - floor) * 2 ** 24 ? 1 : 0);
      integers[start + k] = Math.max(-127, Math.min(127, rounded));
    }
  }
  return { rows, steps, values: integers, units };
}
