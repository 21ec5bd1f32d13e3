/** A small floating-point format, as far as magnitudes go: the sign bit is above `maxCode`. */
export interface MiniFloat {
  /** Name in shader text. */
  readonly name: string;
  /** Bits of the stored mantissa. */
  readonly mantissaBits: number;
  /** Exponent bias. */
  readonly bias: number;
  /** Code of the largest finite value. */
  readonly maxCode: number;
  /** Exponent of the largest power of two: what {@link scaleOf} leaves below the largest value. */
  readonly topExponent: number;
}

/** FP8 with maximum 448 and no infinity (OCP OFP8 v1.0, "E4M3"; `float8_e4m3fn`). */
export const e4m3: MiniFloat = { name: 'e4m3', mantissaBits: 3, bias: 7, maxCode: 0x7e, topExponent: 8 };

/** FP8 with maximum 57344 (OCP OFP8 v1.0, "E5M2"). */
export const e5m2: MiniFloat = { name: 'e5m2', mantissaBits: 2, bias: 15, maxCode: 0x7b, topExponent: 15 };

/** IEEE 754 binary16, maximum 65504. */
export const f16: MiniFloat = { name: 'f16', mantissaBits: 10, bias: 15, maxCode: 0x7bff, topExponent: 15 };

/** Constants of float32 bits that encoding and decoding take; the same on every backend. */
export interface MiniFloatBits {
  /** How far the mantissa is shifted: 23 − mantissaBits. */
  readonly shift: number;
  /** Bits of the smallest normal value. */
  readonly minNormal: number;
  /** Bits of the power of two whose unit in the last place is the format's smallest subnormal. */
  readonly magic: number;
  /** Float32 bits of code 0 if it were normal: (127 − bias) · 2²³. */
  readonly rebias: number;
}

/** The constants of `format`. */
export function miniFloatBits({ mantissaBits, bias }: MiniFloat): MiniFloatBits {
  return {
    shift: 23 - mantissaBits,
    minNormal: (128 - bias) << 23,
    magic: (151 - bias - mantissaBits) << 23,
    rebias: (127 - bias) << 23,
  };
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The float32 that has these bits. */
function floatOfBits(bits: number): number {
  word[0] = bits;
  return float[0]!;
}

/** The bits of a float32. */
function bitsOfFloat(x: number): number {
  float[0] = x;
  return word[0]!;
}

/**
 * The code nearest to `x`, ties to even, at most the largest finite one.
 *
 * @param x - a float32 of at least 0
 */
export function encodeMagnitude(x: number, format: MiniFloat): number {
  const { shift, minNormal, magic, rebias } = miniFloatBits(format);
  const bits = bitsOfFloat(x);
  // Adding the magic number rounds to its unit in the last place, which is what subnormals are multiples of.
  if (bits < minNormal) return bitsOfFloat(x + floatOfBits(magic)) - magic;
  const isOdd = (bits >>> shift) & 1;
  const rounded = (bits + ((1 << (shift - 1)) - 1) + isOdd) >>> shift;
  return Math.min(rounded - (rebias >>> shift), format.maxCode);
}

/** The value of a code without its sign bit, exactly. */
export function decodeMagnitude(code: number, format: MiniFloat): number {
  const { shift, magic, rebias } = miniFloatBits(format);
  if (code < 1 << format.mantissaBits) return floatOfBits(magic | code) - floatOfBits(magic);
  return floatOfBits((code << shift) + rebias);
}

/** Smallest exponent of a scale: so codes of what float32 holds as a subnormal are 0, whether it is flushed or not. */
export const minScaleExponent = -100;

/**
 * The scale of magnitudes up to `bound`: the power of two that takes them below 2^topExponent, but at least 2⁻¹⁰⁰.
 * Powers of two multiply and divide exactly.
 *
 * @param bound - a float32 of at least 0
 */
export function scaleOf(bound: number, { topExponent }: MiniFloat): number {
  const exponent = (bitsOfFloat(bound) >>> 23) - 127 + 1 - topExponent;
  return floatOfBits((Math.max(exponent, minScaleExponent) + 127) << 23);
}

/** 1 / scale, for a scale of {@link scaleOf}. */
export function inverseScale(scale: number): number {
  return floatOfBits(0x7f000000 - bitsOfFloat(scale));
}
