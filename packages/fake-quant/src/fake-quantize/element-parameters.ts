import { ELEMENT_FORMATS } from './element-formats.ts';
import type { FakeQuantFormat } from './options.ts';

/** What rounding to a format needs to know. */
export interface ElementParameters {
  readonly mantissaBits: number;
  /** Below 2^e, e this exponent, values are as far apart as from it up to 2^(e + 1): 2^(e - mantissaBits). */
  readonly leastExponent: number;
  readonly maxExponent: number;
  /** What the largest magnitude of a block is scaled to. */
  readonly target: number;
  readonly greatest: number;
  readonly least: number;
  readonly isInteger: boolean;
}

/** The parameters of a format; integers are what is below the least exponent. */
export function elementParameters(format: FakeQuantFormat): ElementParameters {
  const { encoding, mantissaBits, bias, maxExponent, scaleTarget, max, min } = ELEMENT_FORMATS[format];
  const isInteger = encoding === 'integer';
  return {
    mantissaBits,
    leastExponent: isInteger ? mantissaBits : 1 - bias,
    maxExponent,
    target: scaleTarget,
    greatest: max,
    least: min,
    isInteger,
  };
}
