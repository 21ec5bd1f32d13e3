/** WGSL that rounds to E4M3 under a power-of-two scale in integers; mirrors `roundRowsE4m3` of `round-rows-e4m3/reference.ts`. */
export const E4M3_WGSL = /* wgsl */ `
// The biased exponent of 2^ceil(log2(amax / 448)), for amax from 2^-100: 448 is 1.75 * 2^8.
fn e4m3ScaleExponent(amax: u32) -> u32 {
  return (amax >> 23u) - 8u + select(0u, 1u, (amax & 0x7fffffu) > 0x600000u);
}

// The bits of the multiple of an E4M3 value by 2^(exponent - 127) that is nearest, ties to even. Nothing exceeds 448.
fn roundE4m3(bits: u32, exponent: u32) -> u32 {
  let magnitude = bits & 0x7fffffffu;
  // Of the least normal number, 2^-6.
  let least = exponent - 6u;
  var rounded = (magnitude + 0x7ffffu + ((magnitude >> 20u) & 1u)) & 0x7ff00000u;
  if ((magnitude >> 23u) < least) {
    // Steps of 2^-9: fewer than eight, and none from 25 bits on.
    let shift = min(least - (magnitude >> 23u) + 20u, 25u);
    let mantissa = (magnitude & 0x7fffffu) | 0x800000u;
    let steps = (mantissa + (1u << (shift - 1u)) - 1u + ((mantissa >> shift) & 1u)) >> shift;
    rounded = bitcast<u32>(f32(steps) * bitcast<f32>((least - 3u) << 23u));
  }
  return rounded | (bits & 0x80000000u);
}
`;
