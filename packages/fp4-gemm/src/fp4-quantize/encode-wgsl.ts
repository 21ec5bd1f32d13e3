/**
 * WGSL functions that mirror the reference in integers: WGSL division may be off by 2.5 ulp, its products may round
 * either way, and its compilers may assume NaN away.
 */
export const ENCODE_WGSL = `
const MAGNITUDE = 0x7fffffffu;
const NAN_BITS = 0x7fc00000u;

// RN(amax / 6) as bits: amax = M 2^(e - 150), so the quotient is (2 M / 3) 2^(e - 152) or (4 M / 3) 2^(e - 153),
// whichever has 24 bits. A third is never a tie; a remainder of 2 rounds up. Zero below 2^-100; NaN for NaN, infinity.
fn scaleFor(amax: u32) -> u32 {
  if (amax >= 0x7f800000u) { return NAN_BITS; }
  if (amax < 0x0d800000u) { return 0u; }
  let mantissa = (amax & 0x7fffffu) | 0x800000u;
  let small = mantissa < 0xc00000u;
  let dividend = mantissa << select(1u, 2u, small);
  var quotient = dividend / 3u;
  if (dividend - 3u * quotient == 2u) { quotient += 1u; }
  return (((amax >> 23u) - select(2u, 3u, small)) << 23u) + (quotient - 0x800000u);
}

// The bits below which |x| has not passed the midpoint quarters / 4 * scale: those of the product rounded down where it
// must be exceeded, one less than those of it rounded up where meeting it is enough.
fn threshold(scale: u32, quarters: u32, inclusive: bool) -> u32 {
  if (scale == 0u || scale == NAN_BITS) { return MAGNITUDE; }
  let product = ((scale & 0x7fffffu) | 0x800000u) * quarters;
  let shift = 8u - countLeadingZeros(product);
  let down = (((scale >> 23u) + shift - 2u) << 23u) + ((product >> shift) - 0x800000u);
  let isExact = (product & ((1u << shift) - 1u)) == 0u;
  return select(down, down - 1u, inclusive && isExact);
}

struct Thresholds { t0: u32, t1: u32, t2: u32, t3: u32, t4: u32, t5: u32, t6: u32 }

fn thresholdsFor(scale: u32) -> Thresholds {
  return Thresholds(
    threshold(scale, 1u, false), threshold(scale, 3u, true), threshold(scale, 5u, false), threshold(scale, 7u, true),
    threshold(scale, 10u, false), threshold(scale, 14u, true), threshold(scale, 20u, false));
}

// The word of the up to eight values x[first..end).
fn encodeWord(first: u32, end: u32, t: Thresholds) -> u32 {
  var word = 0u;
  for (var i = first; i < min(first + 8u, end); i++) {
    let bits = x[i];
    let a = bits & MAGNITUDE;
    let code = u32(a > t.t0) + u32(a > t.t1) + u32(a > t.t2) + u32(a > t.t3) + u32(a > t.t4) + u32(a > t.t5)
      + u32(a > t.t6);
    word |= (code | ((bits >> 28u) & 8u)) << (4u * (i - first));
  }
  return word;
}`;
