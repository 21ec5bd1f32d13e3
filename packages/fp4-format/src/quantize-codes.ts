import { blockAmax } from './amax.ts';
import { sharedDecodeTable } from './decode.ts';
import type { ElementFormat } from './element-format.ts';
import { createEncoder, encodeValue } from './encode.ts';
import { E2M1 } from './formats.ts';
import { scaleLayout, type Granularity, type ScaleLayout } from './granularity.ts';
import type { NonFinitePolicy } from './non-finite.ts';
import type { RoundingMode } from './rounding-mode.ts';
import { MIN_AMAX, scalesFor, type ScaleKind, type Scales } from './scale.ts';
import { checkMatrix } from './shape.ts';

/** Options of every quantizer. */
export interface QuantizeOptions {
  /** The element format; default E2M1. At most 8 bits, and exactly 4 where codes are packed. */
  readonly format?: ElementFormat;
  /** Which elements share a scale; default `'vector'`, one scale per row. */
  readonly granularity?: Granularity;
  /** How scales are computed and stored; default `'exact'`. */
  readonly scale?: ScaleKind;
  /** Default `'nearestEven'`. */
  readonly rounding?: RoundingMode;
  /** For `'stochastic'`: one uniform unsigned 32-bit integer per element. */
  readonly randomBits?: Uint32Array;
  /** What to do with NaN and infinity; default `'error'`. */
  readonly nonFinite?: NonFinitePolicy;
  /** What errors call the tensor; default `'x'`. */
  readonly name?: string;
}

/** Codes, one a byte, with their scales. */
export interface QuantizedCodes extends Scales {
  /** Codes `[rows, cols]`, row-major, one a byte. */
  readonly codes: Uint8Array;
  /** Rows of the matrix. */
  readonly rows: number;
  /** Columns of the matrix. */
  readonly cols: number;
  /** The element format. */
  readonly format: ElementFormat;
  /** Which elements share a scale. */
  readonly granularity: Granularity;
}

/** Scales of a matrix on checked arguments, and what is needed to encode by them. */
export interface ScaledBlocks extends Scales {
  /** Where the scales lie. */
  readonly layout: ScaleLayout;
  /** What to divide by: the scale, or 0 where the block counts as zero. One float32 per block. */
  readonly divisors: Float32Array;
  /** Whether the matrix holds a NaN or infinity (which the policy then allows). */
  readonly hasNonFinite: boolean;
}

/** Checks the arguments of a quantizer, then computes the scales. */
export function scaleBlocks(
  caller: string,
  x: Float32Array,
  rows: number,
  cols: number,
  options: QuantizeOptions,
): ScaledBlocks {
  const {
    format = E2M1,
    granularity = 'vector',
    scale = 'exact',
    nonFinite = 'error',
    randomBits,
    name = 'x',
  } = options;
  checkMatrix(caller, name, x.length, rows, cols);
  if (format.bits > 8 || format.encoding === 'exponent') {
    throw new TypeError(`${caller}: format must be signed with at most 8 bits, but got ${format.name}`);
  }
  if (randomBits !== undefined && randomBits.length !== x.length) {
    throw new RangeError(`${caller}: randomBits must have length ${x.length}, but got ${randomBits.length}`);
  }
  const layout = scaleLayout(rows, cols, granularity);
  const { amaxes, firstNonFinite } = blockAmax(x, rows, cols, layout);
  if (firstNonFinite >= 0 && nonFinite === 'error') {
    throw new RangeError(
      `${caller}: ${name} must be finite, but ${name}[${firstNonFinite}] is ${x[firstNonFinite]}; ` +
        `remove it first or choose a nonFinite policy`,
    );
  }
  const scales = scalesFor(format, amaxes, scale);
  const divisors = scales.scales.map((value, block) => (amaxes[block]! < MIN_AMAX ? 0 : value));
  return { ...scales, layout, divisors, hasNonFinite: firstNonFinite >= 0 };
}

/**
 * Quantizes a matrix `[rows, cols]` to codes of any signed format of at most 8 bits, one a byte: the definition that
 * the packed {@link quantize} is tested against.
 *
 * Each code is the exact real quotient x / scale, rounded once, saturated at the format's maximum, with the sign
 * carried. Blocks with amax below {@link MIN_AMAX} get codes of magnitude 0.
 *
 * @throws RangeError if x has another length than rows · cols or is not finite (naming the index), or randomBits has
 *   another length than x; TypeError if an option is of the wrong kind.
 */
export function quantizeCodes(
  x: Float32Array,
  rows: number,
  cols: number,
  options: QuantizeOptions = {},
): QuantizedCodes {
  const encoder = createEncoder('quantizeCodes', options.format ?? E2M1, options);
  const blocks = scaleBlocks('quantizeCodes', x, rows, cols, options);
  const { format = E2M1, granularity = 'vector', name = 'x', randomBits } = options;
  const { divisors, layout, hasNonFinite: _, ...scales } = blocks;
  const codes = new Uint8Array(x.length);
  // The sign is read from the bits: -0 and NaN have one too.
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  for (let row = 0, i = 0; row < rows; row++) {
    const scaleRow = Math.floor(row / layout.blockRows) * layout.scaleCols;
    for (let col = 0; col < cols; col++, i++) {
      const value = x[i]!;
      const divisor = divisors[scaleRow + Math.floor(col / layout.blockCols)]!;
      // The float64 quotient cannot round onto a tie: a float32 and the product of a float32 with a midpoint of at most
      // 5 significant bits are equal or differ by more than 2^-30 of themselves.
      const quotient = !Number.isFinite(value) ? value : divisor === 0 ? 0 : value / divisor;
      codes[i] = encodeValue(
        format,
        quotient,
        bits[i]! < 0,
        encoder,
        randomBits === undefined ? 0 : randomBits[i]!,
        () => `quantizeCodes: ${name} must be finite, but ${name}[${i}] is ${value}`,
      );
    }
  }
  return { codes, rows, cols, format, granularity, ...scales };
}

/** Returns float32(value · scale) of every code, `[rows, cols]`. */
export function dequantizeCodes(quantized: Omit<QuantizedCodes, 'scaleCodes' | 'tensorScale'>): Float32Array {
  const { codes, rows, cols, format, granularity, scales } = quantized;
  checkMatrix('dequantizeCodes', 'codes', codes.length, rows, cols);
  const layout = scaleLayout(rows, cols, granularity);
  checkMatrix('dequantizeCodes', 'scales', scales.length, layout.scaleRows, layout.scaleCols);
  const table = sharedDecodeTable(format);
  const values = new Float32Array(codes.length);
  for (let row = 0, i = 0; row < rows; row++) {
    const scaleRow = Math.floor(row / layout.blockRows) * layout.scaleCols;
    for (let col = 0; col < cols; col++, i++) {
      values[i] = table[codes[i]!]! * scales[scaleRow + Math.floor(col / layout.blockCols)]!;
    }
  }
  return values;
}
