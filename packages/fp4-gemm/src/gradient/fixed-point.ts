import { amaxBits, INFINITY_BITS, MIN_AMAX_BITS } from './integer-rows.ts';
import type { FoldedGradient, IntegerRows } from './integer-rows.ts';

/** Adding and subtracting it rounds a float64 below 2^51 to the nearest integer, ties to even. */
const ROUNDER = 1.5 * 2 ** 52;

/**
 * Rounds each row to fixed point: integers of 24 bits times a power of two, that is as fine as its largest element `amax`
 * allows. With e = floor(log2(amax)), or one more where amax >= 1.984375 · 2^e,
 *
 *     value = round-half-even(g · 2^(22 - e)),   |value| <= 1.984375 · 2^22 = 127 · 65536
 *
 * so that a value is three balanced base-256 digits within -128..127, or two digits of 12 bits. Each element is off by at most
 * 2^(e - 23) <= 1.008 · 2^-23 · amax: next to the largest of its row as accurate as a float32.
 */
export function fixedPointRows({ rows, steps, values }: FoldedGradient): IntegerRows {
  const integers = new Int32Array(rows * steps);
  const units = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const start = r * steps;
    const amax = amaxBits(values, start, start + steps);
    if (amax >= INFINITY_BITS) units[r] = NaN;
    if (amax >= INFINITY_BITS || amax < MIN_AMAX_BITS) continue;
    const exponent = ((amax + 0x20000) >>> 23) - 127;
    const factor = 2 ** (22 - exponent);
    for (let i = start; i < start + steps; i++) integers[i] = values[i]! * factor + ROUNDER - ROUNDER;
    units[r] = 2 ** (exponent - 23);
  }
  return { rows, steps, values: integers, units };
}
