import { checkCount, checkMatrix } from './shape.ts';

/**
 * Packs 4-bit codes `[rows, cols]` two to a byte, low nibble first, `[rows, ceil(cols / 2)]`: the layout of OCP MX
 * files, NVFP4 checkpoints and `float4_e2m1fn_x2`. Each row starts on a new byte; an unused high nibble is zero.
 *
 * Where cols is a multiple of 8 these are the bytes of the words of `packCodes` on a little-endian machine.
 *
 * @throws RangeError if the length is not rows · cols, or a code is not below 16.
 */
export function packBytes(codes: Uint8Array, rows: number, cols: number): Uint8Array {
  checkMatrix('packBytes', 'codes', codes.length, rows, cols);
  const stride = Math.ceil(cols / 2);
  const bytes = new Uint8Array(rows * stride);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const code = codes[row * cols + col]!;
      if (code > 15)
        throw new RangeError(`packBytes: codes must be below 16, but codes[${row * cols + col}] is ${code}`);
      bytes[row * stride + (col >>> 1)]! |= code << (4 * (col & 1));
    }
  }
  return bytes;
}

/**
 * Unpacks what {@link packBytes} packed: bytes `[rows, ceil(cols / 2)]` to codes `[rows, cols]`.
 *
 * @throws RangeError if the length is not rows · ceil(cols / 2).
 */
export function unpackBytes(bytes: Uint8Array, rows: number, cols: number): Uint8Array {
  checkCount('unpackBytes', 'rows', rows);
  checkCount('unpackBytes', 'cols', cols);
  const stride = Math.ceil(cols / 2);
  checkMatrix('unpackBytes', 'bytes', bytes.length, rows, stride);
  const codes = new Uint8Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      codes[row * cols + col] = (bytes[row * stride + (col >>> 1)]! >>> (4 * (col & 1))) & 15;
    }
  }
  return codes;
}
