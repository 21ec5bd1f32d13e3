/** The nearest bfloat16 code of each float32, ties to even. Values beyond its range become infinite, NaN stays NaN. */
export function narrowToBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const codes = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < codes.length; i++) {
    const value = bits[i]!;
    // A NaN whose payload is in the lower half must not become an infinity.
    if ((value & 0x7fff_ffff) > 0x7f80_0000) codes[i] = (value >>> 16) | 0x40;
    else codes[i] = (value + 0x7fff + ((value >>> 16) & 1)) >>> 16;
  }
  return codes;
}

/**
 * The nearest IEEE 754 binary16 code of each float32, ties to even, subnormals included. Values beyond its range become
 * infinite, NaN stays NaN.
 */
export function narrowToFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const codes = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < codes.length; i++) {
    const sign = (bits[i]! >>> 16) & 0x8000;
    const magnitude = bits[i]! & 0x7fff_ffff;
    codes[i] = sign | narrowMagnitude(magnitude);
  }
  return codes;
}

function narrowMagnitude(bits: number): number {
  if (bits > 0x7f80_0000) return 0x7e00;
  // 65520, halfway between the greatest and what would follow, and more.
  if (bits >= 0x477f_f000) return 0x7c00;
  const exponent = (bits >>> 23) - 127;
  if (exponent >= -14) {
    // The bias changes by 112; carries out of the fraction raise the exponent, as they should.
    return roundShift(bits - 0x3800_0000, 13);
  }
  // Below half the least subnormal, 2^-25, all is zero.
  if (exponent < -25) return 0;
  return roundShift((bits & 0x7f_ffff) | 0x80_0000, -exponent - 1);
}

/** `bits / 2^shift`, rounded to nearest, ties to even. */
function roundShift(bits: number, shift: number): number {
  const kept = bits >>> shift;
  const rest = bits & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}
