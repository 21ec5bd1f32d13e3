/**
 * How the bits of a code are read.
 *
 * - `'float'`: sign, exponent and mantissa fields, with subnormals (OCP MX v1.0 section 5.3, IEEE 754).
 * - `'integer'`: two's complement.
 * - `'exponent'`: an unsigned power of two, without zero (OCP MX v1.0 section 5.4.1, E8M0).
 */
export type ElementEncoding = 'float' | 'integer' | 'exponent';

/**
 * Which codes are set aside for special values.
 *
 * - `'none'`: every code is a finite number.
 * - `'nan'`: only the code (or the two codes) with all exponent and mantissa bits set is NaN.
 * - `'ieee'`: the top exponent holds infinity (mantissa 0) and NaN (the rest).
 */
export type SpecialValues = 'none' | 'nan' | 'ieee';

/** The defining parameters of a number format; everything in {@link ElementFormat} follows from them. */
export interface ElementFormatSpec {
  /** Lower-case name, for example `'e2m1'`. */
  readonly name: string;
  /** Width of a code in bits, 2 to 16. */
  readonly bits: number;
  /** How the bits of a code are read. */
  readonly encoding: ElementEncoding;
  /** Width of the exponent field in bits; 0 for integers. */
  readonly exponentBits: number;
  /** Width of the stored mantissa in bits; for integers the bits below the sign. */
  readonly mantissaBits: number;
  /** Exponent bias; 0 for integers. */
  readonly bias: number;
  /** Which codes are special. */
  readonly specials: SpecialValues;
}

/** A number format of at most 16 bits as plain data. Made by {@link defineElementFormat}. */
export interface ElementFormat extends ElementFormatSpec {
  /** Whether some codes are infinite. */
  readonly hasInfinity: boolean;
  /** Whether some codes are NaN. */
  readonly hasNan: boolean;
  /** Whether negative values exist. */
  readonly isSigned: boolean;
  /** Largest finite value. */
  readonly max: number;
  /** Most negative finite value; for an unsigned format its smallest value. */
  readonly min: number;
  /**
   * Code of {@link ElementFormat.max}, which is also the number of steps to it from zero, in E8M0 from the smallest
   * value.
   */
  readonly maxCode: number;
  /** Exponent of {@link ElementFormat.max}: `floor(log2(max))`; `emax` in OCP MX v1.0. */
  readonly maxExponent: number;
  /** Distance from 1 to the next larger value; `eps` of NumPy's finfo. */
  readonly epsilon: number;
  /** Smallest positive value with a full mantissa. */
  readonly smallestNormal: number;
  /** Smallest positive value. */
  readonly smallestPositive: number;
  /**
   * The value that the largest magnitude of a block is scaled to. It is `max`, except for two's complement, where
   * it is `-min` (arXiv 2505.14302, appendix E: M = 8 for INT4), so that a positive maximum saturates.
   */
  readonly scaleTarget: number;
}

/**
 * Returns the format that the parameters define, with its derived properties, frozen.
 *
 * @throws RangeError if the fields do not add up to `bits`, or `bits` is not an integer from 2 to 16.
 */
export function defineElementFormat(spec: ElementFormatSpec): ElementFormat {
  const { name, bits, encoding, exponentBits, mantissaBits, bias, specials } = spec;
  const signBits = encoding === 'exponent' ? 0 : 1;
  if (!Number.isInteger(bits) || bits < 2 || bits > 16 || signBits + exponentBits + mantissaBits !== bits) {
    throw new RangeError(
      `defineElementFormat: sign, exponent and mantissa of ${name} must add up to bits in 2..16, ` +
        `but got ${signBits} + ${exponentBits} + ${mantissaBits} for bits ${bits}`,
    );
  }
  const steps = 2 ** mantissaBits;
  const magnitudes = 2 ** (bits - signBits);
  const specialCodes = specials === 'ieee' ? steps : specials === 'nan' ? 1 : 0;
  const maxCode = magnitudes - 1 - specialCodes;
  const derived = {
    ...spec,
    hasInfinity: specials === 'ieee',
    hasNan: specials === 'nan' || (specials === 'ieee' && mantissaBits > 0),
    isSigned: signBits === 1,
    maxCode,
  };
  if (encoding === 'integer') {
    return Object.freeze({
      ...derived,
      max: maxCode,
      min: -maxCode - 1,
      maxExponent: Math.floor(Math.log2(maxCode)),
      epsilon: 1,
      smallestNormal: 1,
      smallestPositive: 1,
      scaleTarget: maxCode + 1,
    });
  }
  // An exponent-only format has no zero, so its code 0 is already a power of two.
  const maxExponent = Math.floor(maxCode / steps) - bias;
  const max = (1 + (maxCode % steps) / steps) * 2 ** maxExponent;
  const smallestNormal = 2 ** (encoding === 'exponent' ? -bias : 1 - bias);
  const smallestPositive = mantissaBits === 0 ? smallestNormal : smallestNormal / steps;
  return Object.freeze({
    ...derived,
    max,
    min: encoding === 'exponent' ? smallestNormal : -max,
    maxExponent,
    // Below the smallest normal, where 1 is in E1M2, values are as far apart as from zero.
    epsilon: smallestNormal > 1 ? smallestPositive : 1 / steps,
    smallestNormal,
    smallestPositive,
    scaleTarget: max,
  });
}
