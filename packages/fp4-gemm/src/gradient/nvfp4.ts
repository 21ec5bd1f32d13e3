import { counterBits, decodeTable, E2M1, E2M1_DOUBLED, E4M3, scalesFor } from '@nibble-ml/fp4-format';
import { amaxBits, floatOfBits, INFINITY_BITS, MIN_AMAX_BITS } from './integer-rows.ts';
import type { FoldedGradient, IntegerRows } from './integer-rows.ts';

/** Steps of the sum that share an E4M3 scale. */
export const NVFP4_BLOCK = 16;

/** The index in {@link E2M1_DOUBLED} of the largest magnitude not above h / 2, for h = 0..12. */
const LOWER = Uint8Array.of(0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 6, 6, 7);
/** 2^24 over the step from each doubled magnitude to the next; nothing is rounded up from the last. */
const CHANCES_PER_STEP = Float64Array.of(1, 1, 1, 1, 0.5, 0.5, 0.25, 0).map((inverse) => inverse * 2 ** 24);

/**
 * Rounds the gradient to NVFP4 (arXiv 2509.25149): blocks of 16 along the sum, E4M3 block scales times one float32 for
 * the tensor, E2M1 codes rounded stochastically in float32 arithmetic.
 *
 *     tensorScale = RN32(amax / 2688) of all elements
 *     e           = RN_E4M3(amax of the block / (6 · tensorScale)), nearest-even, at most 448; 0 for an amax below 2^-100
 *     q           = min(RN32(|g| · RN32(1 / RN32(e · tensorScale))), 6)
 *     magnitude   = the largest E2M1 not above q, or the next where the upper 24 random bits < (q - it) / step · 2^24
 *
 * E2M1 times E4M3 is an integer times 2^-10, below 2^22, so the values are exact: 2 magnitude · 2^9 e. The unit of a
 * sum is tensorScale · 2^-11. The random bits of an element are counterBits(seed, its index in dY).
 *
 * A NaN or infinity anywhere makes all units NaN; an amax below 2^-100 makes everything zero.
 */
export function stochasticNvfp4Rows(gradient: FoldedGradient, seed: number): IntegerRows {
  const { rows, steps, values } = gradient;
  const integers = new Int32Array(rows * steps);
  const units = new Float32Array(rows);
  const bits = amaxBits(values);
  if (bits >= INFINITY_BITS) units.fill(NaN);
  if (bits >= INFINITY_BITS || bits < MIN_AMAX_BITS) return { rows, steps, values: integers, units };
  const blocks = Math.ceil(steps / NVFP4_BLOCK);
  const amaxes = new Float32Array(rows * blocks);
  for (let block = 0; block < amaxes.length; block++) {
    const [start, end] = blockRange(block, blocks, steps);
    amaxes[block] = floatOfBits(amaxBits(values, start, end));
  }
  const { scales, scaleCodes, tensorScale } = scalesFor(E2M1, amaxes, 'e4m3', floatOfBits(bits));
  const e4m3 = decodeTable(E4M3);
  for (let block = 0; block < amaxes.length; block++) {
    const [start, end] = blockRange(block, blocks, steps);
    roundBlock(gradient, start, end, scales[block]!, e4m3[scaleCodes![block]!]! * 512, seed, integers);
  }
  units.fill(tensorScale! / 2048);
  return { rows, steps, values: integers, units };
}

function blockRange(block: number, blocks: number, steps: number): [number, number] {
  const row = Math.floor(block / blocks);
  const first = (block % blocks) * NVFP4_BLOCK;
  return [row * steps + first, row * steps + Math.min(first + NVFP4_BLOCK, steps)];
}

/** Rounds elements `start` to `end - 1`; `multiplier` is the block's E4M3 scale in units of 2^-9. */
function roundBlock(
  { values, steps, rowStride, stepStride }: FoldedGradient,
  start: number,
  end: number,
  scale: number,
  multiplier: number,
  seed: number,
  integers: Int32Array,
): void {
  if (multiplier === 0) return;
  const inverse = Math.fround(1 / scale);
  for (let i = start; i < end; i++) {
    const doubled = 2 * Math.min(Math.fround(Math.abs(values[i]!) * inverse), 6);
    const lower = LOWER[Math.floor(doubled)]!;
    const chance = (doubled - E2M1_DOUBLED[lower]!) * CHANCES_PER_STEP[lower]!;
    const row = Math.floor(i / steps);
    const random = counterBits(seed, row * rowStride + (i - row * steps) * stepStride) >>> 8;
    const magnitude = E2M1_DOUBLED[random < chance ? lower + 1 : lower]!;
    integers[i] = (values[i]! < 0 ? -magnitude : magnitude) * multiplier;
  }
}
