import type { ElementFormat } from './element-format.ts';

/**
 * Returns the value of a code: ±(1 + m/2^M)·2^(e - bias), for e = 0 ±(m/2^M)·2^(1 - bias); of an `'integer'` format its
 * two's complement, of an `'exponent'` one 2^(code - bias).
 *
 * -0, infinity and NaN come back as such. Every value of the formats of this package is exact in float32.
 *
 * @param code - An integer from 0 to 2^bits - 1.
 * @throws RangeError if the code is out of range.
 */
export function decode(format: ElementFormat, code: number): number {
  if (!Number.isInteger(code) || code < 0 || code >= 2 ** format.bits) {
    throw new RangeError(
      `decode: code of ${format.name} must be in 0..${2 ** format.bits - 1}, but got ${code}`,
    );
  }
  const signWeight = 2 ** (format.bits - 1);
  if (format.encoding === 'integer') return code < signWeight ? code : code - 2 * signWeight;
  if (format.encoding === 'exponent') return code > format.maxCode ? NaN : 2 ** (code - format.bias);
  const isNegative = code >= signWeight;
  const magnitude = decodeMagnitude(format, isNegative ? code - signWeight : code);
  return isNegative ? -magnitude : magnitude;
}

function decodeMagnitude(format: ElementFormat, code: number): number {
  if (code > format.maxCode) return format.hasInfinity && code === format.maxCode + 1 ? Infinity : NaN;
  const steps = 2 ** format.mantissaBits;
  const exponent = Math.floor(code / steps);
  const mantissa = (code % steps) / steps;
  return exponent === 0 ? mantissa * 2 ** (1 - format.bias) : (1 + mantissa) * 2 ** (exponent - format.bias);
}

const tables = new WeakMap<ElementFormat, Float32Array>();

/** The decode table shared inside the package; do not write to it. */
export function sharedDecodeTable(format: ElementFormat): Float32Array {
  let table = tables.get(format);
  if (table === undefined) {
    table = Float32Array.from({ length: 2 ** format.bits }, (_, code) => decode(format, code));
    tables.set(format, table);
  }
  return table;
}

/** Returns the values of all 2^bits codes in code order, as a fresh float32 array. */
export function decodeTable(format: ElementFormat): Float32Array {
  return sharedDecodeTable(format).slice();
}

/** Returns the non-negative finite values in ascending order, each once: for E2M1 `[0, .5, 1, 1.5, 2, 3, 4, 6]`. */
export function gridOf(format: ElementFormat): Float32Array {
  return sharedDecodeTable(format).slice(0, format.maxCode + 1);
}

/**
 * Returns the values of an array of codes, shape kept, as float32.
 *
 * @throws RangeError when a code has more bits than the format
 */
export function decodeArray(format: ElementFormat, codes: Uint8Array | Uint16Array): Float32Array {
  const table = sharedDecodeTable(format);
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code >= table.length) {
      throw new RangeError(
        `decodeArray: codes of ${format.name} must be below ${table.length}, but codes[${i}] is ${code}`,
      );
    }
    values[i] = table[code]!;
  }
  return values;
}
