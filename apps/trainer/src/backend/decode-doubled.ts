import { E2M1_DOUBLED } from '@nibble-ml/fp4-format';

/** Twice the value of an E2M1 code in packed words of `[rows, cols]`: a whole number from -12 to 12. */
export function decodeDoubled(words: Int32Array, row: number, col: number, cols: number): number {
  const word = words[row * Math.ceil(cols / 8) + (col >> 3)]!;
  const code = (word >>> (4 * (col & 7))) & 15;
  const magnitude = E2M1_DOUBLED[code & 7]!;
  return code & 8 ? -magnitude : magnitude;
}
