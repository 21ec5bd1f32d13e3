/**
 * Float32 arithmetic on bits, for positive numbers, each result the nearest float32, ties to even: WGSL's own division may be
 * off by 2.5 ulp, its products may round either way, subnormal numbers may be flushed and NaN assumed away.
 */
export const SOFT_FLOAT_WGSL = `
const MAGNITUDE = 0x7fffffffu;
const SIGN = 0x80000000u;
const INFINITY_BITS = 0x7f800000u;
const NAN_BITS = 0x7fc00000u;

// A positive number m 2^e with m from 2^23 to 2^24 - 1; 0 has m = 0.
struct Unpacked { m: u32, e: i32 }

fn unpack(bits: u32) -> Unpacked {
  if (bits >= 0x800000u) { return Unpacked((bits & 0x7fffffu) | 0x800000u, i32(bits >> 23u) - 150); }
  let lift = select(countLeadingZeros(bits) - 8u, 0u, bits == 0u);
  return Unpacked(bits << lift, -149 - i32(lift));
}

// The bits of the float32 nearest to m 2^e, or to a bit more if sticky, which takes an m of at least 26 bits.
fn pack(m: u32, e: i32, sticky: bool) -> u32 {
  if (m == 0u) { return 0u; }
  var shift = 8 - i32(countLeadingZeros(m));
  // Subnormal results have fewer bits.
  shift += max(1 - (e + shift + 150), 0);
  let field = e + shift + 150;
  if (field >= 255) { return INFINITY_BITS; }
  if (shift <= 0) { return (u32(field - 1) << 23u) + (m << u32(-shift)); }
  if (shift > 32) { return 0u; }
  if (shift == 32) { return u32(m > SIGN || (m == SIGN && sticky)); }
  let down = m >> u32(shift);
  let rest = m & ((1u << u32(shift)) - 1u);
  let half = 1u << u32(shift - 1);
  let up = rest > half || (rest == half && (sticky || (down & 1u) == 1u));
  return (u32(field - 1) << 23u) + down + u32(up);
}

fn multiply(a: u32, b: u32) -> u32 {
  let x = unpack(a);
  let y = unpack(b);
  // The product of 24 by 24 bits is high 2^24 + low.
  let cross = (x.m >> 12u) * (y.m & 0xfffu) + (x.m & 0xfffu) * (y.m >> 12u);
  let lowSum = (x.m & 0xfffu) * (y.m & 0xfffu) + ((cross & 0xfffu) << 12u);
  let high = (x.m >> 12u) * (y.m >> 12u) + (cross >> 12u) + (lowSum >> 24u);
  let low = lowSum & 0xffffffu;
  return pack((high << 8u) | (low >> 16u), x.e + y.e + 16, (low & 0xffffu) != 0u);
}

// Of numbers that are not 0.
fn divide(a: u32, b: u32) -> u32 {
  let x = unpack(a);
  let y = unpack(b);
  var quotient = u32(x.m >= y.m);
  var left = x.m - y.m * quotient;
  for (var bit = 0; bit < 26; bit++) {
    left <<= 1u;
    quotient <<= 1u;
    if (left >= y.m) { left -= y.m; quotient |= 1u; }
  }
  return pack(quotient, x.e - y.e - 26, left != 0u);
}`;
