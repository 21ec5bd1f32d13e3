import { ELEMENT_FORMATS } from './element-formats.ts';
import type { FakeQuantizeAttrs } from './options.ts';

/** Up to where |x| / scale counts as inside the format. */
export interface Saturation {
  /** The bound: at most 9 significant bits. */
  readonly bound: number;
  /** Whether the bound itself is inside. */
  readonly inclusive: boolean;
}

/**
 * Returns up to where a value of a sign is inside the format: as long as it rounds (to nearest, ties to even) to at most
 * the maximum, as if the format went on. So the rounding of a scale does not push the largest magnitude of a block outside.
 * With the scale `'quest'`, which clips on purpose, the bound is the maximum itself.
 */
export function saturationOf({ format, scale }: FakeQuantizeAttrs, isNegative: boolean): Saturation {
  const { encoding, max, maxCode, maxExponent, mantissaBits } = ELEMENT_FORMATS[format];
  if (scale === 'quest') return { bound: max, inclusive: true };
  if (encoding === 'integer') {
    return isNegative
      ? { bound: maxCode + 1.5, inclusive: true }
      : { bound: maxCode + 0.5, inclusive: false };
  }
  return { bound: max + 2 ** (maxExponent - mantissaBits - 1), inclusive: maxCode % 2 === 0 };
}

/** The bits of the largest float32 inside a bound, of a format without scales. */
export function insideBits({ bound, inclusive }: Saturation): number {
  const nearest = Math.fround(bound);
  const [bits] = new Uint32Array(Float32Array.of(nearest).buffer);
  const isOutside = inclusive ? nearest > bound : nearest >= bound;
  return bits! - (isOutside ? 1 : 0);
}
