import { sharedDecodeTable } from './decode.ts';
import { encode } from './encode.ts';
import { F16 } from './formats.ts';
import { checkCount, checkMatrix } from './shape.ts';

/** Elements of a block. */
const ELEMENTS = 32;

/** Bytes of a block: the scale in F16, then an int8 for each element. */
const BYTES = 2 + ELEMENTS;

/**
 * Returns the bytes of a GGUF tensor of type Q8_0, `[rows, cols / 32 · 34]`: for each block of 32 its scale amax / 127 in
 * F16, then the integers x / scale, ties away from zero (`block_q8_0` of ggml). As there, the quotient is float32
 * x · (1 / scale), with the scale before it is rounded to F16. A block whose scale F16 rounds to 0 is all zeros.
 *
 * @param values - Finite, `[rows, cols]`; cols must be a multiple of 32.
 * @throws RangeError if a size does not fit, or a value is not finite or so large that its scale is beyond F16.
 */
export function packGgufQ8_0(values: Float32Array, rows: number, cols: number): Uint8Array {
  checkBlocks('packGgufQ8_0', rows, cols);
  checkMatrix('packGgufQ8_0', 'values', values.length, rows, cols);
  const bytes = new Uint8Array((values.length / ELEMENTS) * BYTES);
  const view = new DataView(bytes.buffer);
  for (let first = 0, at = 0; first < values.length; first += ELEMENTS, at += BYTES) {
    const scale = Math.fround(absmaxOf(values, first) / 127);
    const code = encode(F16, scale);
    view.setUint16(at, code, true);
    if (code === 0) continue;
    const inverse = Math.fround(1 / scale);
    for (let j = 0; j < ELEMENTS; j++) {
      const quotient = Math.fround(values[first + j]! * inverse);
      view.setInt8(at + 2 + j, Math.sign(quotient) * Math.round(Math.abs(quotient)));
    }
  }
  return bytes;
}

/** The largest magnitude of a block. */
function absmaxOf(values: Float32Array, first: number): number {
  let amax = 0;
  for (let i = first; i < first + ELEMENTS; i++) {
    const magnitude = Math.abs(values[i]!);
    // Written so that NaN fails too.
    if (!(magnitude <= 127 * F16.max)) {
      throw new RangeError(
        `packGgufQ8_0: values must be finite and at most ${127 * F16.max}, but values[${i}] is ${values[i]}`,
      );
    }
    if (magnitude > amax) amax = magnitude;
  }
  return amax;
}

/**
 * Reads what {@link packGgufQ8_0} or llama.cpp wrote: float32(integer · scale), `[rows, cols]`.
 *
 * @throws RangeError if cols is no multiple of 32, the length is not rows · cols / 32 · 34, or a scale is not finite.
 */
export function unpackGgufQ8_0(bytes: Uint8Array, rows: number, cols: number): Float32Array {
  checkBlocks('unpackGgufQ8_0', rows, cols);
  checkMatrix('unpackGgufQ8_0', 'bytes', bytes.length, rows, (cols / ELEMENTS) * BYTES);
  const halves = sharedDecodeTable(F16);
  const values = new Float32Array(rows * cols);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let first = 0, at = 0; first < values.length; first += ELEMENTS, at += BYTES) {
    const scale = halves[view.getUint16(at, true)]!;
    if (!Number.isFinite(scale)) {
      throw new RangeError(
        `unpackGgufQ8_0: scales must be finite, but that of block ${first / ELEMENTS} is ${scale}`,
      );
    }
    for (let j = 0; j < ELEMENTS; j++) values[first + j] = view.getInt8(at + 2 + j) * scale;
  }
  return values;
}

function checkBlocks(caller: string, rows: number, cols: number): void {
  checkCount(caller, 'rows', rows);
  checkCount(caller, 'cols', cols);
  if (cols % ELEMENTS !== 0) {
    throw new RangeError(
      `${caller}: cols must be a multiple of ${ELEMENTS}, but got ${cols}; pad the rows, or store them in another type`,
    );
  }
}
