import type { Interval } from './stats/intervals.ts';

/** `1.23 [0.80, 1.66]`, with a sign where asked for; an interval that is not bounded says so. */
export function intervalInWords(
  { estimate, range, count }: Interval,
  digits: number,
  signed = false,
): string {
  const number = (value: number): string => numberInWords(value, digits, signed);
  if (range !== null) return `${number(estimate)} [${number(range[0])}, ${number(range[1])}]`;
  return `${number(estimate)} ${count < 2 ? '(one seed)' : '[not bounded]'}`;
}

/** A number with fixed digits, a true minus sign and, where asked for, a plus sign. */
export function numberInWords(value: number, digits: number, signed = false): string {
  const text = Math.abs(value).toFixed(digits);
  const isZero = Number(text) === 0;
  const sign = isZero ? '' : value < 0 ? '−' : signed ? '+' : '';
  return `${sign}${text}`;
}

/** A share as a percentage with one digit, or `none` where there is none. */
export function percentInWords(share: number | null): string {
  return share === null ? 'none' : `${numberInWords(100 * share, 1)} %`;
}
