import { sharedDecodeTable } from './decode.ts';
import type { ElementFormat } from './element-format.ts';
import { floorLog2, powerOfTwo, signBit } from './float-bits.ts';
import {
  checkNonFinite,
  encodeNonFinite,
  infinityCode,
  nanCode,
  saturatedCode,
  type NonFinitePolicy,
} from './non-finite.ts';
import { checkRounding, roundsUp, type RoundingMode } from './rounding-mode.ts';

/** Options of {@link encodeArray} and {@link roundArray}. */
export interface EncodeArrayOptions {
  /** Default `'nearestEven'`. */
  readonly rounding?: RoundingMode;
  /**
   * What becomes of a finite value that rounds beyond `max`: `'saturate'` (default) gives `±max`; `'nonFinite'` gives
   * infinity, or NaN where there is no infinity, as OCP OFP8 v1.0 allows.
   */
  readonly overflow?: 'saturate' | 'nonFinite';
  /** What to do with NaN and infinity; default `'error'`. */
  readonly nonFinite?: NonFinitePolicy;
  /** For `'stochastic'`: one uniform unsigned 32-bit integer per element. */
  readonly randomBits?: Uint32Array;
}

/** Options of {@link encode} and {@link round}. */
export interface EncodeOptions extends Omit<EncodeArrayOptions, 'randomBits'> {
  /** For `'stochastic'`: a uniform unsigned 32-bit integer. */
  readonly randomBits?: number;
}

/** Resolved options of one call, checked once. */
export interface Encoder {
  /** The rounding mode. */
  readonly rounding: RoundingMode;
  /** Whether overflow saturates. */
  readonly saturates: boolean;
  /** What to do with NaN and infinity. */
  readonly nonFinite: NonFinitePolicy;
}

/**
 * Returns the code of a value: rounded by the mode, saturated at `max`, sign carried (so -0 keeps its sign where the
 * format has one).
 *
 * The value may be any float64; nothing is rounded to float32 on the way. In E8M0, which has no zero, everything
 * below 2^-127 gives code 0.
 *
 * @throws RangeError if x is NaN or infinite and the policy is `'error'`, NaN with `'gfloat'` and a format that has
 *   none, or negative and the format unsigned.
 * @throws TypeError if the rounding or the policy is unknown, the rounding stochastic without `randomBits`, or
 *   `overflow: 'nonFinite'` is asked of a format that has neither infinity nor NaN.
 */
export function encode(format: ElementFormat, x: number, options: EncodeOptions = {}): number {
  const encoder = createEncoder('encode', format, options);
  return encodeValue(
    format,
    x,
    signBit(x),
    encoder,
    options.randomBits ?? 0,
    (must) => `encode: x must ${must}, but got ${x}`,
  );
}

/** Returns the representable value that {@link encode} chooses; same options and errors. */
export function round(format: ElementFormat, x: number, options: EncodeOptions = {}): number {
  const encoder = createEncoder('round', format, options);
  const code = encodeValue(
    format,
    x,
    signBit(x),
    encoder,
    options.randomBits ?? 0,
    (must) => `round: x must ${must}, but got ${x}`,
  );
  return sharedDecodeTable(format)[code]!;
}

/**
 * Returns the codes of an array: a Uint8Array for formats of at most 8 bits, else a Uint16Array.
 *
 * @throws as {@link encode}, naming the index of the first element that is NaN, infinite or negative; RangeError if
 *   `randomBits` has another length than x.
 */
export function encodeArray(
  format: ElementFormat,
  x: Float32Array,
  options: EncodeArrayOptions = {},
): Uint8Array | Uint16Array {
  const encoder = createEncoder('encodeArray', format, options);
  const { randomBits } = options;
  if (randomBits !== undefined && randomBits.length !== x.length) {
    throw new RangeError(
      `encodeArray: randomBits must have length ${x.length}, but got ${randomBits.length}`,
    );
  }
  const codes = format.bits <= 8 ? new Uint8Array(x.length) : new Uint16Array(x.length);
  // The sign is read from the bits: -0 and NaN have one too.
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    codes[i] = encodeValue(
      format,
      value,
      bits[i]! < 0,
      encoder,
      randomBits === undefined ? 0 : randomBits[i]!,
      (must) => `encodeArray: x must ${must}, but x[${i}] is ${value}`,
    );
  }
  return codes;
}

/** Returns the representable values that {@link encodeArray} chooses, as float32; same options and errors. */
export function roundArray(
  format: ElementFormat,
  x: Float32Array,
  options: EncodeArrayOptions = {},
): Float32Array {
  const codes = encodeArray(format, x, options);
  const table = sharedDecodeTable(format);
  return Float32Array.from(codes, (code) => table[code]!);
}

/**
 * Checks the options once and fills in the defaults.
 *
 * @throws TypeError when stochastic rounding comes without random bits, or an option is of another kind
 */
export function createEncoder(
  caller: string,
  format: ElementFormat,
  options: EncodeOptions | EncodeArrayOptions,
): Encoder {
  const { rounding = 'nearestEven', overflow = 'saturate', nonFinite = 'error', randomBits } = options;
  checkRounding(caller, rounding);
  checkNonFinite(caller, nonFinite);
  if (rounding === 'stochastic' && randomBits === undefined) {
    throw new TypeError(`${caller}: rounding 'stochastic' must come with randomBits, but got none`);
  }
  if (overflow === 'nonFinite' && !format.hasInfinity && !format.hasNan) {
    throw new TypeError(
      `${caller}: overflow 'nonFinite' must have infinity or NaN to give, but ${format.name} has neither`,
    );
  }
  return { rounding, saturates: overflow === 'saturate', nonFinite };
}

/**
 * The definition of rounding to a format, on options that were checked; the sign is that of x, also for -0 and NaN.
 *
 * @throws RangeError when x is negative and the format unsigned
 */
export function encodeValue(
  format: ElementFormat,
  x: number,
  isNegative: boolean,
  encoder: Encoder,
  randomBits: number,
  describe: (must: string) => string,
): number {
  if (!Number.isFinite(x)) return encodeNonFinite(format, x, isNegative, encoder.nonFinite, describe);
  if (x < 0 && !format.isSigned) {
    throw new RangeError(
      `${describe(`not be negative for ${format.name}, which is unsigned`)}; choose a signed format`,
    );
  }
  const magnitude = roundMagnitude(format, Math.abs(x), isNegative, encoder.rounding, randomBits);
  if (format.encoding === 'integer') return encodeInteger(format, magnitude, isNegative);
  if (magnitude > format.maxCode) {
    if (encoder.saturates) return saturatedCode(format, isNegative);
    return infinityCode(format, isNegative) ?? nanCode(format, isNegative);
  }
  return isNegative && format.isSigned ? magnitude + 2 ** (format.bits - 1) : magnitude;
}

/** Two's complement, saturating; the negative side reaches one further. */
function encodeInteger(format: ElementFormat, magnitude: number, isNegative: boolean): number {
  if (!isNegative) return Math.min(magnitude, format.maxCode);
  const clamped = Math.min(magnitude, format.maxCode + 1);
  return clamped === 0 ? 0 : 2 ** format.bits - clamped;
}

/** Returns the code of the rounded magnitude, as if the exponent range had no upper end. */
function roundMagnitude(
  format: ElementFormat,
  magnitude: number,
  isNegative: boolean,
  rounding: RoundingMode,
  randomBits: number,
): number {
  const { encoding, mantissaBits, bias } = format;
  let quantumExponent = 0;
  let firstCode = 0;
  if (encoding !== 'integer') {
    const lowestExponent = encoding === 'exponent' ? -bias : 1 - bias;
    const exponent = Math.max(floorLog2(magnitude), lowestExponent);
    quantumExponent = exponent - mantissaBits;
    // The significand below counts from 2^M for normal numbers, so the code of the binade is one exponent lower.
    firstCode = (exponent - lowestExponent) * 2 ** mantissaBits - (encoding === 'exponent' ? 1 : 0);
  }
  // Exact: a power of two divides, and the result stays far from the limits of float64.
  const significand = magnitude / powerOfTwo(quantumExponent);
  const lower = Math.floor(significand);
  const code = firstCode + lower;
  const up = roundsUp(rounding, significand - lower, Math.abs(code) % 2 === 1, isNegative, randomBits);
  // Only an exponent-only format can fall below code 0: it has no zero, so everything small saturates at 2^-bias.
  return Math.max(up ? code + 1 : code, 0);
}
