import { checkMatrix, checkCount } from './shape.ts';

/** Returns the number of 32-bit words that a row of `cols` 4-bit codes takes: `ceil(cols / 8)`. */
export function wordsPerRow(cols: number): number {
  return Math.ceil(cols / 8);
}

/**
 * Packs 4-bit codes `[rows, cols]` 8 to a 32-bit word, `[rows, wordsPerRow(cols)]`.
 *
 * Code i of a row lies in bits 4·(i mod 8) and up of word floor(i / 8). Each row starts on a new word; the unused
 * high nibbles of its last word are zero.
 *
 * @throws RangeError if the length is not rows · cols, or a code is not below 16.
 */
export function packCodes(codes: Uint8Array, rows: number, cols: number): Int32Array {
  checkMatrix('packCodes', 'codes', codes.length, rows, cols);
  const stride = wordsPerRow(cols);
  const words = new Int32Array(rows * stride);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const code = codes[row * cols + col]!;
      if (code > 15)
        throw new RangeError(`packCodes: codes must be below 16, but codes[${row * cols + col}] is ${code}`);
      words[row * stride + (col >>> 3)]! |= code << (4 * (col & 7));
    }
  }
  return words;
}

/**
 * Unpacks what {@link packCodes} packed: words `[rows, wordsPerRow(cols)]` to codes `[rows, cols]`.
 *
 * @throws RangeError if the length is not rows · wordsPerRow(cols).
 */
export function unpackCodes(words: Int32Array, rows: number, cols: number): Uint8Array {
  checkCount('unpackCodes', 'rows', rows);
  checkCount('unpackCodes', 'cols', cols);
  const stride = wordsPerRow(cols);
  checkMatrix('unpackCodes', 'words', words.length, rows, stride);
  const codes = new Uint8Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      codes[row * cols + col] = (words[row * stride + (col >>> 3)]! >>> (4 * (col & 7))) & 15;
    }
  }
  return codes;
}
