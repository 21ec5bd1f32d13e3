/** WGSL of the element coding that the quantizing kernels share; scales and codes are computed in integers. */
export const ENCODE_WGSL = /* wgsl */ `
const INFINITY: u32 = 0x7f800000u;
const MIN_AMAX: u32 = 0x0d800000u; // 2^-100
const NAN: u32 = 0x7fc00000u;

// Unsigned order key; mirrors src/order-key.ts with the sign bit flipped.
fn orderKey(bits: u32) -> u32 {
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}

fn bitsOfKey(key: u32) -> u32 {
  return select(~key, key & 0x7fffffffu, (key >> 31u) == 1u);
}

// The value of a bit pattern, 0 below 2^-100: the difference of two such values is never subnormal.
fn flush(bits: u32) -> u32 {
  return select(bits, 0u, (bits & 0x7fffffffu) < MIN_AMAX);
}

// RN(amax / 6): the mantissa times 4/3 or 2/3, whichever has 24 bits, in integers.
fn scaleOf(amax: u32) -> u32 {
  if (amax < MIN_AMAX) { return 0u; }
  let mantissa = (amax & 0x7fffffu) | 0x800000u;
  let isLarge = mantissa >= 0xc00000u;
  let numerator = mantissa * select(4u, 2u, isLarge);
  // A remainder of 1 of 3 rounds down, 2 of 3 up, and there are no ties.
  let quotient = numerator / 3u + select(0u, 1u, numerator % 3u == 2u);
  return (((amax >> 23u) - select(3u, 2u, isLarge)) << 23u) | (quotient & 0x7fffffu);
}

// encodeThresholds(scale)[i] of @nibble-ml/fp4-format; quarters is 4 times the i-th midpoint.
fn midpoint(scale: u32, quarters: u32, inclusive: bool) -> u32 {
  if (scale == 0u) { return 0x7fffffffu; }
  let product = quarters * ((scale & 0x7fffffu) | 0x800000u);
  let shift = 8u - countLeadingZeros(product);
  let kept = product >> shift;
  let down = (((scale >> 23u) + shift - 3u) << 23u) + kept;
  return down - select(0u, 1u, inclusive && (kept << shift) == product);
}

fn midpointsOf(scale: u32) -> array<u32, 7> {
  return array(
    midpoint(scale, 1u, false),
    midpoint(scale, 3u, true),
    midpoint(scale, 5u, false),
    midpoint(scale, 7u, true),
    midpoint(scale, 10u, false),
    midpoint(scale, 14u, true),
    midpoint(scale, 20u, false),
  );
}

fn codeOf(bits: u32, midpoints: array<u32, 7>) -> u32 {
  let magnitude = bits & 0x7fffffffu;
  let code = u32(magnitude > midpoints[0]) + u32(magnitude > midpoints[1]) + u32(magnitude > midpoints[2])
    + u32(magnitude > midpoints[3]) + u32(magnitude > midpoints[4]) + u32(magnitude > midpoints[5])
    + u32(magnitude > midpoints[6]);
  return code | ((bits >> 28u) & 8u);
}
`;
