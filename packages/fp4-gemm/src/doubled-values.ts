import { E2M1_DOUBLED, unpackCodes } from '@nibble-ml/fp4-format';
import type { Fp4Array } from './fp4-array.ts';

/** Twice the E2M1 values of a packed matrix, `[rows, cols]`: integers from -12 to 12. */
export function doubledValues({ words, rows }: Fp4Array, cols: number): Int8Array {
  return Int8Array.from(unpackCodes(words, rows, cols), (code) =>
    code < 8 ? E2M1_DOUBLED[code]! : -E2M1_DOUBLED[code - 8]!,
  );
}
