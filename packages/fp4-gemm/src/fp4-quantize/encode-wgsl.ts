import { HASH_WGSL } from '../hash-wgsl.ts';

// WGSL functions that encode a word under a scale, given as the bits of a float32; 0 gives signed zeros. In integers: see
// scale-wgsl.ts. They read x: array<u32>. An `Encoder` is what the scale is turned into once.

/** Nearest, ties to even: the magnitude of a code is the number of thresholds below the bits of |x|. */
const NEAREST_WGSL = `
struct Encoder { t0: u32, t1: u32, t2: u32, t3: u32, t4: u32, t5: u32, t6: u32 }

fn encoderFor(scale: u32) -> Encoder {
  return Encoder(
    threshold(scale, 1u, false), threshold(scale, 3u, true), threshold(scale, 5u, false), threshold(scale, 7u, true),
    threshold(scale, 10u, false), threshold(scale, 14u, true), threshold(scale, 20u, false));
}

// The bits below which |x| has not passed the midpoint quarters / 4 * scale: those of the product rounded down where it
// must be exceeded, one less than those of it rounded up where meeting it is enough.
fn threshold(scale: u32, quarters: u32, inclusive: bool) -> u32 {
  if (scale == 0u) { return MAGNITUDE; }
  let product = significandOf(scale) * quarters;
  let shift = 8u - countLeadingZeros(product);
  let down = (((scale >> 23u) + shift - 2u) << 23u) + ((product >> shift) - 0x800000u);
  let isExact = (product & ((1u << shift) - 1u)) == 0u;
  return select(down, down - 1u, inclusive && isExact);
}`;

/** WGSL function `name(first, end, encoder)` with the word of the up to eight values x[first..end) of the array `x`. */
function encodeWordNearest(name: string, x: string): string {
  return `
fn ${name}(first: u32, end: u32, t: Encoder) -> u32 {
  var word = 0u;
  for (var i = first; i < min(first + 8u, end); i++) {
    let bits = ${x}[i];
    let a = bits & MAGNITUDE;
    let code = u32(a > t.t0) + u32(a > t.t1) + u32(a > t.t2) + u32(a > t.t3) + u32(a > t.t4) + u32(a > t.t5)
      + u32(a > t.t6);
    word |= (code | ((bits >> 28u) & 8u)) << (4u * (i - first));
  }
  return word;
}`;
}

/** {@link NEAREST_WGSL} for some arrays: `encodeWord0` reads the first, and so on. */
export function encodeNearestWgsl(arrays: readonly string[]): string {
  return NEAREST_WGSL + arrays.map((x, index) => encodeWordNearest(`encodeWord${index}`, x)).join('');
}

/** The same for the array `x`. */
export const ENCODE_NEAREST_WGSL: string = NEAREST_WGSL + encodeWordNearest('encodeWord', 'x');

/** How a magnitude is rounded stochastically. */
export const STOCHASTIC_WGSL: string = `
struct Encoder { inverse: u32 }
${HASH_WGSL}

// RN(1 / scale) by long division: 2^47 / M is the significand, 24 bits, or 2^24 if M is 2^23. It is never a tie.
fn encoderFor(scale: u32) -> Encoder {
  if (scale == 0u) { return Encoder(0u); }
  let divisor = significandOf(scale);
  var quotient = u32(divisor == 0x800000u);
  var left = 0x800000u - divisor * quotient;
  for (var bit = 0; bit < 24; bit++) {
    left <<= 1u;
    quotient <<= 1u;
    if (left >= divisor) { left -= divisor; quotient |= 1u; }
  }
  quotient += u32(2u * left > divisor);
  return Encoder(((252u - (scale >> 23u)) << 23u) + quotient);
}

// The magnitude of the code of q = min(RN(|x| inverse), 6), rounded up if the 24 bits of random are below 2^24 times the
// fraction of its step. a are the bits of |x|.
fn stochasticMagnitude(a: u32, inverse: u32, random: u32) -> u32 {
  if (a == 0u || inverse == 0u) { return 0u; }
  // Both significands with 24 bits, also of a subnormal x.
  let subnormal = a < 0x800000u;
  let lift = select(0u, countLeadingZeros(a) - 8u, subnormal);
  let u = select(significandOf(a), a << lift, subnormal);
  let v = significandOf(inverse);
  // Their product of 47 or 48 bits is high 2^24 + low.
  let cross = (u >> 12u) * (v & 0xfffu) + (u & 0xfffu) * (v >> 12u);
  let lowSum = (u & 0xfffu) * (v & 0xfffu) + ((cross & 0xfffu) << 12u);
  let high = (u >> 12u) * (v >> 12u) + (cross >> 12u) + (lowSum >> 24u);
  let low = lowSum & 0xffffffu;
  let isLong = high >= 0x800000u;
  let significand = select((high << 1u) | (low >> 23u), high, isLong);
  let rest = select((low << 1u) & 0xffffffu, low, isLong);
  let up = rest > 0x800000u || (rest == 0x800000u && (significand & 1u) == 1u);
  let exponent = i32(max(a >> 23u, 1u)) - i32(lift) + i32(inverse >> 23u) - select(127, 126, isLong);
  var lower = 0u;
  var chance = 0u;
  if (exponent <= 0) {
    // Subnormal: only the smallest random bits can be below the chance, and none if q rounds to 0, up to 2^-150.
    chance = u32(exponent > -23 || (exponent == -23 && (significand != 0x800000u || rest != 0u)));
  } else {
    let q = (u32(exponent - 1) << 23u) + significand + u32(up);
    if (q >= 0x40c00000u) { return 7u; }
    if (q >= 0x3f800000u) {
      lower = (q >> 22u) - 252u;
      chance = (q & 0x3fffffu) << 2u;
    } else if (q >= 0x3f000000u) {
      lower = 1u;
      chance = (q & 0x7fffffu) << 1u;
    } else {
      // q 2^25, rounded up to an integer, since random is one.
      let shift = min(125u - (q >> 23u), 24u);
      chance = (significandOf(q) + (1u << shift) - 1u) >> shift;
    }
  }
  return lower + u32((random >> 8u) < chance);
}`;

/** Stochastic: needs params.counter, the hash of the seed. */
export const ENCODE_STOCHASTIC_WGSL: string = `
${STOCHASTIC_WGSL}
// The word of the up to eight values x[first..end).
fn encodeWord(first: u32, end: u32, encoder: Encoder) -> u32 {
  var word = 0u;
  for (var i = first; i < min(first + 8u, end); i++) {
    let bits = x[i];
    let code = stochasticMagnitude(bits & MAGNITUDE, encoder.inverse, lowbias32(params.counter + i));
    word |= (code | ((bits >> 28u) & 8u)) << (4u * (i - first));
  }
  return word;
}`;
