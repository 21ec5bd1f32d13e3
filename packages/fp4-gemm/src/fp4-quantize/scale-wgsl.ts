import type { ScaleKind } from '@nibble-ml/fp4-format';
import { SCALE_KINDS } from './scale-kind.ts';

/**
 * WGSL functions that mirror `assembly/fp4-quantize-scale.ts` in integers: WGSL division may be off by 2.5 ulp, its
 * products may round either way, and its compilers may assume NaN away. All values are bits of float32.
 */
export function scaleWgsl(kind: ScaleKind): string {
  return `
const MAGNITUDE = 0x7fffffffu;
const INFINITY_BITS = 0x7f800000u;
const NAN_BITS = 0x7fc00000u;
const MIN_AMAX_BITS = 0x0d800000u;
const KIND = ${SCALE_KINDS[kind]}u;

fn significandOf(bits: u32) -> u32 { return (bits & 0x7fffffu) | 0x800000u; }

// RN(amax / 6): amax = M 2^(e - 150), so the quotient is (2 M / 3) 2^(e - 152) or (4 M / 3) 2^(e - 153), whichever has 24
// bits. A third is never a tie; a remainder of 2 rounds up.
fn sixth(amax: u32) -> u32 {
  let significand = significandOf(amax);
  let small = significand < 0xc00000u;
  let dividend = significand << select(1u, 2u, small);
  var quotient = dividend / 3u;
  if (dividend - 3u * quotient == 2u) { quotient += 1u; }
  return (((amax >> 23u) - select(2u, 3u, small)) << 23u) + (quotient - 0x800000u);
}

// RN(amax / (6 · 448)), in the same way: 6 · 448 = 21 · 2^7.
fn tensorScaleFor(amax: u32) -> u32 {
  if (amax >= INFINITY_BITS) { return NAN_BITS; }
  if (amax < MIN_AMAX_BITS) { return 0u; }
  let significand = significandOf(amax);
  let small = significand < 11010048u;
  let dividend = significand << select(4u, 5u, small);
  var quotient = dividend / 21u;
  if (2u * (dividend - 21u * quotient) > 21u) { quotient += 1u; }
  return (((amax >> 23u) - select(11u, 12u, small)) << 23u) + (quotient - 0x800000u);
}

fn storedScale(amax: u32, tensorScale: u32) -> u32 {
  if (KIND == 4u) { return e4m3Code(amax, tensorScale); }
  let isByte = KIND >= 2u;
  if (amax >= INFINITY_BITS) { return select(NAN_BITS, 255u, isByte); }
  if (amax < MIN_AMAX_BITS) { return 0u; }
  if (KIND == 0u) { return sixth(amax); }
  // log2(amax / 6) is between the exponent minus 3 and minus 2, and is the latter at 1.5.
  let roundsUp = KIND != 2u && (amax & 0x7fffffu) > 0x400000u;
  let exponent = (amax >> 23u) - 2u + u32(roundsUp);
  return select(exponent << 23u, exponent, isByte);
}

fn scaleBits(stored: u32, tensorScale: u32) -> u32 {
  if (KIND < 2u) { return stored; }
  if (KIND == 4u) { return e4m3Bits(stored, tensorScale); }
  if (stored == 255u) { return NAN_BITS; }
  return select(stored << 23u, 0x00400000u, stored == 0u);
}

// Whether codes under an amax are signed zeros: it is tiny, or not finite.
fn isDead(amax: u32, tensorScale: u32) -> bool {
  return amax < MIN_AMAX_BITS || amax >= INFINITY_BITS || tensorScale == NAN_BITS;
}

// The E4M3 code nearest to amax / (6 tensorScale), ties to even: 7 bits of the quotient of the significands, which is
// between 1/6 and 2/3, and whether anything is left.
fn e4m3Code(amax: u32, tensorScale: u32) -> u32 {
  if (tensorScale == NAN_BITS) { return 0x7fu; }
  if (amax < MIN_AMAX_BITS) { return 0u; }
  let divisor = 3u * significandOf(tensorScale);
  var left = significandOf(amax);
  var quotient = 0u;
  for (var bit = 0; bit < 7; bit++) {
    left <<= 1u;
    quotient <<= 1u;
    if (left >= divisor) { left -= divisor; quotient |= 1u; }
  }
  // The value is quotient · 2^unit, and E4M3 counts in steps of 2^(exponent - 3).
  let unit = i32(amax >> 23u) - i32(tensorScale >> 23u) - 8;
  let exponent = max(31 - i32(countLeadingZeros(quotient)) + unit, -6);
  let shift = u32(min(exponent - 3 - unit, 9));
  let steps = quotient >> shift;
  let rest = quotient & ((1u << shift) - 1u);
  let half = 1u << (shift - 1u);
  let up = rest > half || (rest == half && (left != 0u || (steps & 1u) == 1u));
  return min((u32(exponent + 6) << 3u) + steps + u32(up), 0x7eu);
}

// The E4M3 value times the scale of the tensor, ties to even.
fn e4m3Bits(code: u32, tensorScale: u32) -> u32 {
  if (code == 0x7fu || tensorScale == NAN_BITS) { return NAN_BITS; }
  if (code == 0u || tensorScale == 0u) { return 0u; }
  let exponent = max(code >> 3u, 1u);
  let product = ((code & 7u) | select(0u, 8u, code >= 8u)) * significandOf(tensorScale);
  let shift = 8u - countLeadingZeros(product);
  let down = product >> shift;
  let rest = product & ((1u << shift) - 1u);
  let half = (1u << shift) >> 1u;
  let up = rest > half || (rest == half && rest != 0u && (down & 1u) == 1u);
  return (((tensorScale >> 23u) + exponent + shift - 11u) << 23u) + down + u32(up);
}`;
}
