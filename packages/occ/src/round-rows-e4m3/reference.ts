import { E4M3, fakeQuantize } from '@nibble-ml/fp4-format';

/** Bits of the NaN that fills a row with a NaN or infinity. */
const NAN_BITS = 0x7fc00000;

/**
 * The definition of the op: each row rounded to E4M3, ties to even, under its scale 2^ceil(log2(amax / 448)), as float32
 * `[rows, cols]`. A row whose amax is below 2^-100 becomes zeros that keep their signs; one that holds a NaN or infinity
 * becomes NaN (bits 0x7fc00000), so that no product hides it.
 */
export function roundRowsE4m3(x: Float32Array, rows: number, cols: number): Float32Array {
  const finite = x.slice();
  const isBad = Array.from({ length: rows }, (_, row) => {
    const values = finite.subarray(row * cols, (row + 1) * cols);
    if (values.every(Number.isFinite)) return false;
    values.fill(0);
    return true;
  });
  const rounded = fakeQuantize(finite, rows, cols, { format: E4M3, scale: 'powerOfTwo' });
  const bits = new Uint32Array(rounded.buffer, rounded.byteOffset, rounded.length);
  for (const [row, bad] of isBad.entries()) if (bad) bits.fill(NAN_BITS, row * cols, (row + 1) * cols);
  return rounded;
}
