import type { ScaleLayout } from './granularity.ts';

/**
 * By how much the largest magnitude of a block is multiplied before the scale follows from it; what lies beyond then
 * saturates.
 *
 * - a number: one factor for the whole tensor;
 * - a Float32Array: one factor per scale, `[scaleRows, scaleCols]` (the learned weight clipping, LWC, of arXiv
 *   2505.14302, appendix E), or `[scaleCols]`, shared by the blocks above each other (its learned activation clipping,
 *   LAC: the same for all tokens);
 * - `'mse'`: for each block the factor among 1, 31/32, …, 1/32 with the smallest sum of squared errors of its finite
 *   elements, rounded to nearest even whatever the rounding asked for; of equals the largest.
 *
 * Factors lie in (0, 1] and are taken as float32. The tensor scale of `'e4m3'` follows from the maximum before
 * clipping.
 */
export type Clip = number | Float32Array | 'mse';

/** Returns float32(amax · factor) of each block: one float32 multiplication, as any backend rounds it. */
export function clipAmaxes(amaxes: Float32Array, factors: Float32Array): Float32Array {
  return amaxes.map((amax, block) => amax * factors[block]!);
}

/**
 * Returns the given factors as one float32 per block.
 *
 * @throws RangeError if a factor is not in (0, 1] or their number fits neither the scales nor a row of them; TypeError
 *   if clip is of another kind.
 */
export function clipFactorsFor(
  caller: string,
  clip: Exclude<Clip, 'mse'>,
  { scaleRows, scaleCols }: ScaleLayout,
): Float32Array {
  const count = scaleRows * scaleCols;
  if (typeof clip === 'number') {
    checkFactor(caller, 'clip', clip);
    return new Float32Array(count).fill(clip);
  }
  if (!(clip instanceof Float32Array)) {
    throw new TypeError(
      `${caller}: clip must be a number, a Float32Array or 'mse', but got ${JSON.stringify(clip)}`,
    );
  }
  if (clip.length !== count && clip.length !== scaleCols) {
    throw new RangeError(
      `${caller}: clip must have ${scaleRows} x ${scaleCols} = ${count} factors, or ${scaleCols} shared by all rows, ` +
        `but got ${clip.length}`,
    );
  }
  clip.forEach((factor, index) => checkFactor(caller, `clip[${index}]`, factor));
  return Float32Array.from({ length: count }, (_, block) => clip[block % clip.length]!);
}

function checkFactor(caller: string, name: string, factor: number): void {
  // As float32, or a factor that underflows would turn into the zero that is refused.
  if (!(Math.fround(factor) > 0 && factor <= 1)) {
    throw new RangeError(`${caller}: ${name} must be in (0, 1], but got ${factor}`);
  }
}
