/** WGSL function: the value of a code as float32. E2M1 from code 2 on is float32 with two exponent bits and one of mantissa. */
export const DECODE_WGSL = `
fn decodeValue(code: u32) -> f32 {
  let magnitude = code & 7u;
  let value = select(bitcast<f32>((magnitude << 22u) + 0x3f000000u), 0.5 * f32(magnitude), magnitude < 2u);
  return select(value, -value, code >= 8u);
}`;
