import type { ElementFormat } from './element-format.ts';

/**
 * What to do with NaN and infinity in the input.
 *
 * - `'error'` (default): throw a RangeError that names the index.
 * - `'mlDtypes'`: infinity stays infinite, becomes NaN where there is no infinity, and saturates where there is
 *   neither; NaN stays NaN, or becomes zero with the opposite sign where there is none (E2M1: +NaN gives code 8).
 * - `'cuda'`: infinity saturates; NaN stays NaN, or becomes `max` whatever its sign (E2M1: code 7). The kernel of
 *   MS-AMP does the same for E2M1.
 * - `'gfloat'`: infinity saturates; NaN stays NaN, or throws where there is none.
 *
 * Block maxima are always taken over the finite values only.
 */
export type NonFinitePolicy = 'error' | 'mlDtypes' | 'cuda' | 'gfloat';

/** Returns the NaN code with the given sign; only for formats that have NaN. */
export function nanCode(format: ElementFormat, isNegative: boolean): number {
  const magnitude = format.specials === 'nan' ? format.maxCode + 1 : quietNan(format);
  return isNegative && format.isSigned ? magnitude + 2 ** (format.bits - 1) : magnitude;
}

/** Top exponent with the highest mantissa bit set. */
function quietNan(format: ElementFormat): number {
  return format.maxCode + 1 + 2 ** (format.mantissaBits - 1);
}

/** Returns the code of an infinity, or undefined where the format has none. */
export function infinityCode(format: ElementFormat, isNegative: boolean): number | undefined {
  if (!format.hasInfinity) return undefined;
  return format.maxCode + 1 + (isNegative ? 2 ** (format.bits - 1) : 0);
}

/** Returns the code of the finite value with the largest magnitude of that sign. */
export function saturatedCode(format: ElementFormat, isNegative: boolean): number {
  if (!isNegative) return format.maxCode;
  if (format.encoding === 'exponent') return 0;
  return 2 ** (format.bits - 1) + (format.encoding === 'integer' ? 0 : format.maxCode);
}

/**
 * Returns the code that the policy gives to a NaN or infinity.
 *
 * @throws RangeError if the policy is `'error'`, or `'gfloat'` with NaN and a format without NaN.
 */
export function encodeNonFinite(
  format: ElementFormat,
  x: number,
  isNegative: boolean,
  policy: NonFinitePolicy,
  describe: (must: string) => string,
): number {
  const isNan = Number.isNaN(x);
  if (policy === 'error' || (policy === 'gfloat' && isNan && !format.hasNan)) {
    throw new RangeError(
      `${describe('be finite')}; remove it first or choose another nonFinite policy than '${policy}'`,
    );
  }
  if (isNan) {
    if (format.hasNan) return nanCode(format, isNegative);
    if (policy === 'cuda') return format.maxCode;
    // Two's complement has no -0.
    return isNegative || format.encoding === 'integer' ? 0 : 2 ** (format.bits - 1);
  }
  if (policy === 'mlDtypes') {
    const infinity = infinityCode(format, isNegative);
    if (infinity !== undefined) return infinity;
    if (format.hasNan) return nanCode(format, isNegative);
  }
  return saturatedCode(format, isNegative);
}

/**
 * Checks a policy that may come from untyped code.
 *
 * @throws TypeError if the policy is unknown.
 */
export function checkNonFinite(caller: string, policy: NonFinitePolicy): void {
  const known: readonly string[] = ['error', 'mlDtypes', 'cuda', 'gfloat'];
  if (!known.includes(policy)) {
    throw new TypeError(`${caller}: nonFinite must be one of ${known.join(', ')}, but got ${String(policy)}`);
  }
}
