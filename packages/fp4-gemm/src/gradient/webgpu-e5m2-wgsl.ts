/**
 * WGSL of `roundToE5m2` in integers: `rounded(v)` is an element of dY, as bits, under the largest magnitude of the tensor,
 * the private variable `tensorAmax`. Needs `BITS_WGSL`.
 */
export const E5M2_WGSL = `
var<private> tensorAmax: u32;

// v becomes a multiple of 2^(p - 16) below the smallest normal 2^(p - 14), else is rounded to three bits.
fn rounded(v: u32) -> u32 {
  if (tensorAmax >= INFINITY_BITS) { return NAN_BITS; }
  if (tensorAmax < 0x10800000u) { return 0u; }
  let magnitude = v & MAGNITUDE;
  let sign = v & 0x80000000u;
  // p + 127: the scale is 2^p.
  let p = ((tensorAmax + 0x1fffffu) >> 23u) - 15u;
  if (magnitude >= ((p - 14u) << 23u)) {
    return sign | ((magnitude + 0xfffffu + ((magnitude >> 21u) & 1u)) & 0xffe00000u);
  }
  let exponent = magnitude >> 23u;
  let shift = p + 7u - exponent;
  if (exponent == 0u || shift > 25u) { return sign; }
  let significand = (magnitude & 0x7fffffu) | 0x800000u;
  let steps = (significand + (1u << (shift - 1u)) - 1u + ((significand >> shift) & 1u)) >> shift;
  return sign | bitcast<u32>(f32(steps) * bitcast<f32>((p - 16u) << 23u));
}`;
