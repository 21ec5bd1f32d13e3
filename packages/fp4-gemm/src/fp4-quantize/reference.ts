import { quantize, randomBits, scaleLayout } from '@nibble-ml/fp4-format';
import type { Scales } from '@nibble-ml/fp4-format';
import type { Fp4QuantizeOptions } from './options.ts';

/** Packed codes and scales on typed arrays. */
export interface QuantizedArrays extends Scales {
  /** int32 `[rows, ceil(cols / 8)]`. */
  readonly words: Int32Array;
}

const NAN_BITS = 0x7fc00000;
const NAN_CODES = { e8m0Floor: 0xff, e8m0Ceil: 0xff, e4m3: 0x7f } as const;

/**
 * The definition of `Fp4Quantize`: E2M1 codes and scales as `quantize` of `@nibble-ml/fp4-format` gives them, for
 * stochastic rounding with the random bits of the seed, counted by the index of the element.
 *
 * A GPU cannot throw on data, so a NaN or infinity is not an error here: the whole block, row or tensor that holds it gets
 * the scale NaN (bits 0x7fc00000, E8M0 code 0xff, E4M3 code 0x7f) and codes of magnitude 0 that keep their signs. With
 * the scale `'e4m3'` that is the whole tensor, since its maximum enters every scale. Every product with it is NaN, and the
 * check of the loss finds it.
 */
export function quantizeReference(
  x: Float32Array,
  rows: number,
  cols: number,
  granularity: NonNullable<Fp4QuantizeOptions['granularity']>,
  { scale = 'exact', rounding = 'nearestEven', seed = 0 }: Omit<Fp4QuantizeOptions, 'granularity'> = {},
): QuantizedArrays {
  // With a scale of its own each, but one maximum for all, a tensor of E4M3 scales is one block for NaN.
  const { blockRows, blockCols, scaleCols } = scaleLayout(rows, cols, granularity);
  const finite = x.slice();
  const bits = new Uint32Array(finite.buffer);
  const blockOf = (i: number): number =>
    Math.floor(Math.floor(i / cols) / blockRows) * scaleCols + Math.floor((i % cols) / blockCols);
  const bad = new Set<number>();
  for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i])) bad.add(scale === 'e4m3' ? -1 : blockOf(i));
  const isBad = (block: number): boolean => bad.has(block) || bad.has(-1);
  if (bad.size > 0) {
    for (let i = 0; i < x.length; i++) if (isBad(blockOf(i))) bits[i]! &= 0x80000000;
  }
  const options = { granularity, scale, rounding };
  const { words, scales, scaleCodes, tensorScale } = quantize(
    finite,
    rows,
    cols,
    rounding === 'stochastic' ? { ...options, randomBits: randomBits(x.length, seed) } : options,
  );
  const scaleBits = new Uint32Array(scales.buffer, scales.byteOffset, scales.length);
  for (let block = 0; block < scales.length; block++) {
    if (!isBad(block)) continue;
    scaleBits[block] = NAN_BITS;
    if (scaleCodes !== undefined) scaleCodes[block] = NAN_CODES[scale as keyof typeof NAN_CODES];
  }
  return {
    words,
    scales,
    ...(scaleCodes === undefined ? {} : { scaleCodes }),
    ...(tensorScale === undefined ? {} : { tensorScale: bad.has(-1) ? NaN : tensorScale }),
  };
}
