/** WGSL function: all eight codes of a word at once, for integer and float32 products. */
export const DECODE_WORD_WGSL = `
// Twice the values of the codes as int8: the even ones in x, the odd ones in y. 12 fits a nibble, so all eight are worked
// on at once: above 4 the values 6, 8, 12 are the code 5, 6, 7 plus 1, 2, 5.
fn decodeWord(word: u32) -> vec2u {
  let magnitude = word & 0x77777777u;
  let isLarge = (word >> 2u) & 0x11111111u;
  let low = magnitude & (isLarge | (isLarge << 1u));
  let value = magnitude + low + ((low & (low >> 1u) & 0x11111111u) << 1u);
  let sign = (word >> 3u) & 0x11111111u;
  let negative = value & ((sign << 4u) - sign);
  return vec2u(
    subtractTwice(value & 0x0f0f0f0fu, negative & 0x0f0f0f0fu),
    subtractTwice((value >> 4u) & 0x0f0f0f0fu, (negative >> 4u) & 0x0f0f0f0fu));
}

// value - 2 negative in each byte; between 128 - 12 and 128 + 12, where no byte borrows from its neighbour.
fn subtractTwice(value: u32, negative: u32) -> u32 {
  return ((0x80808080u + value) - (negative << 1u)) ^ 0x80808080u;
}

fn unpackInt8(bytes: u32) -> vec4i {
  return (vec4i(bitcast<i32>(bytes)) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
}`;
