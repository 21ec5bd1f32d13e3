/**
 * What both kernels of the op share: bindings, order keys, and the encoding of a row once its thresholds are known.
 * Scales and codes are computed in integers.
 */
export const ROW_WGSL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> codes: array<u32>;
@group(0) @binding(2) var<storage, read_write> scales: array<u32>;
@group(0) @binding(3) var<storage, read_write> indices: array<u32>;
@group(0) @binding(4) var<storage, read_write> values: array<f32>;
struct Params { rows: u32, cols: u32, lower: u32, upper: u32 }
@group(0) @binding(5) var<uniform> params: Params;

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
fn threshold(scale: u32, quarters: u32, inclusive: bool) -> u32 {
  if (scale == 0u) { return 0x7fffffffu; }
  let product = quarters * ((scale & 0x7fffffu) | 0x800000u);
  let shift = 8u - countLeadingZeros(product);
  let kept = product >> shift;
  let down = (((scale >> 23u) + shift - 3u) << 23u) + kept;
  return down - select(0u, 1u, inclusive && (kept << shift) == product);
}

// The value of a bit pattern, 0 below 2^-100: the difference of two such values is never subnormal.
fn flush(bits: u32) -> u32 {
  return select(bits, 0u, (bits & 0x7fffffffu) < MIN_AMAX);
}

fn midpointsOf(scale: u32) -> array<u32, 7> {
  return array(
    threshold(scale, 1u, false),
    threshold(scale, 3u, true),
    threshold(scale, 5u, false),
    threshold(scale, 7u, true),
    threshold(scale, 10u, false),
    threshold(scale, 14u, true),
    threshold(scale, 20u, false),
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
