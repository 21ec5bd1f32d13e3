import type { ElementFormat } from './element-format.ts';
import { createEncoder } from './encode.ts';
import { scaleLayout, type Granularity } from './granularity.ts';
import { unpackCodes } from './pack.ts';
import { dequantizeCodes, encodeBlocks } from './quantize-codes.ts';
import { encodeFast } from './quantize.ts';
import type { RoundingMode } from './rounding-mode.ts';
import { checkMatrix } from './shape.ts';

/** Options of {@link fakeQuantizeWithScales}. */
export interface FakeQuantizeWithScalesOptions {
  /** A signed element format of at most 8 bits. */
  readonly format: ElementFormat;
  /** Which elements share a scale. */
  readonly granularity: Granularity;
  /** Default `'nearestEven'`. */
  readonly rounding?: RoundingMode;
  /** For `'stochastic'`: one uniform unsigned 32-bit integer per element. */
  readonly randomBits?: Uint32Array;
}

/**
 * Returns each element as it is after quantizing and dequantizing under given scales, `[rows, cols]` in float32: what
 * `fakeQuantize` does once it has computed its scales. For scales that follow from something else than the largest
 * magnitude.
 *
 * @param x - Finite values `[rows, cols]`.
 * @param scales - One finite non-negative float32 per block, in the order of `scaleLayout`; 0 makes the block zeros.
 * @throws RangeError if x, scales or randomBits have another length than the shape and granularity ask for, a scale is
 *   negative or not finite, a block size is no positive integer, or x is not finite (naming the index); TypeError if an
 *   option is of the wrong kind.
 */
export function fakeQuantizeWithScales(
  x: Float32Array,
  rows: number,
  cols: number,
  scales: Float32Array,
  options: FakeQuantizeWithScalesOptions,
): Float32Array {
  const caller = 'fakeQuantizeWithScales';
  const { format, granularity, randomBits } = options;
  checkMatrix(caller, 'x', x.length, rows, cols);
  if (format.bits > 8 || !format.isSigned) {
    throw new TypeError(`${caller}: format must be signed with at most 8 bits, but got ${format.name}`);
  }
  const layout = scaleLayout(rows, cols, granularity);
  checkMatrix(caller, 'scales', scales.length, layout.scaleRows, layout.scaleCols);
  const bad = scales.findIndex((scale) => !(scale >= 0 && scale < Infinity));
  if (bad >= 0) {
    throw new RangeError(
      `${caller}: scales must be finite and not negative, but scales[${bad}] is ${scales[bad]}`,
    );
  }
  if (randomBits !== undefined && randomBits.length !== x.length) {
    throw new RangeError(`${caller}: randomBits must have length ${x.length}, but got ${randomBits.length}`);
  }
  const blocks = {
    matrix: { rows, cols, format, granularity, scales },
    layout,
    divisors: scales,
    hasNonFinite: x.some((value) => !Number.isFinite(value)),
    encoder: createEncoder(caller, format, options),
  };
  const words = encodeFast(x, blocks, options);
  const codes =
    words === undefined ? encodeBlocks(caller, x, blocks, options) : unpackCodes(words, rows, cols);
  return dequantizeCodes({ ...blocks.matrix, codes });
}
