/** Widens bfloat16 codes to float32: the upper half of its bits. */
export function widenBfloat16(codes: Uint16Array): Float32Array {
  const values = new Float32Array(codes.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < codes.length; i++) bits[i] = codes[i]! << 16;
  return values;
}

/** Widens IEEE 754 binary16 codes to float32, subnormals, infinities and NaN included. */
export function widenFloat16(codes: Uint16Array): Float32Array {
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    const exponent = (code >> 10) & 31;
    const fraction = code & 1023;
    let magnitude: number;
    if (exponent === 31) magnitude = fraction === 0 ? Infinity : NaN;
    else magnitude = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
    values[i] = code & 0x8000 ? -magnitude : magnitude;
  }
  return values;
}
