import { counterBits } from '@nibble-ml/fp4-format';
import { i32, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { Param } from '@nibble-ml/tfjs-bridge/webgpu';
import { isScaled } from '../fake-quantize/element-formats.ts';
import { elementParameters } from '../fake-quantize/element-parameters.ts';
import type { FakeQuantizeAttrs } from '../fake-quantize/options.ts';
import { float32Bits } from './float32-bits.ts';

/** The hash of `counterBits` of `@nibble-ml/fp4-format`, of a counter to which the hash of the seed was added. */
export const HASH_WGSL = `
fn lowbias32(input: u32) -> u32 {
  var x = (input ^ (input >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}`;

/** The members of `params` that {@link ELEMENT_WGSL} needs, and the hash of the seed. */
export const ELEMENT_PARAMS_WGSL =
  'mantissaBits: i32, least: i32, top: i32, limit: u32, isInteger: u32, isScaled: u32, amaxTarget: u32, counter: u32,';

/** Their values. Elements are multiples of 2^(top - mantissaBits) at the top, up to `limit` of them. */
export function elementParams({ format, seed }: FakeQuantizeAttrs): Param[] {
  const { mantissaBits, leastExponent, maxExponent, target, greatest, isInteger } = elementParameters(format);
  const top = isInteger ? mantissaBits : maxExponent;
  return [
    i32(mantissaBits),
    i32(leastExponent),
    i32(top),
    u32(greatest / 2 ** (top - mantissaBits)),
    u32(isInteger ? 1 : 0),
    u32(isScaled(format) ? 1 : 0),
    u32(float32Bits(target)),
    // The hash of the seed, which counters are added to: that of 0 is 0.
    u32(counterBits(0, seed)),
  ];
}

/**
 * WGSL functions that round to an element format, after {@link SOFT_FLOAT_WGSL}. An element is n 2^k: `Element`. They mirror
 * `encode` of `@nibble-ml/fp4-format`.
 */
export const ELEMENT_WGSL: string = `
struct Element { n: u32, k: i32 }

fn saturated(element: Element, negative: bool) -> Element {
  // Two's complement reaches one further below.
  let limit = params.limit + select(0u, params.isInteger, negative);
  if (element.k > params.top - params.mantissaBits || (element.k == params.top - params.mantissaBits && element.n > limit)) { return Element(limit, params.top - params.mantissaBits); }
  return element;
}

// The element nearest to the exact quotient of a magnitude and a scale, which is not 0: its first bits by long division.
fn nearestElement(a: u32, scale: Unpacked, negative: bool) -> Element {
  let x = unpack(a);
  let small = x.m < scale.m;
  let e = x.e - scale.e - i32(small);
  if (x.m == 0u || e < params.least - params.mantissaBits - 1) { return Element(0u, params.least - params.mantissaBits); }
  if (e > params.top) { return saturated(Element(1u, params.top + 1), negative); }
  var left = (x.m << u32(small)) - scale.m;
  var quotient = 1u;
  for (var bit = 0; bit <= params.mantissaBits; bit++) {
    left <<= 1u;
    quotient <<= 1u;
    if (left >= scale.m) { left -= scale.m; quotient |= 1u; }
  }
  let shift = u32(1 + max(params.least - e, 0));
  let lower = quotient >> shift;
  let rest = quotient & ((1u << shift) - 1u);
  let half = 1u << (shift - 1u);
  // Without mantissa codes count exponents.
  let code = lower + select(0u, u32(max(e - params.least, 0)), params.mantissaBits == 0);
  let up = rest > half || (rest == half && (left != 0u || (code & 1u) == 1u));
  return saturated(Element(lower + u32(up), max(e, params.least) - params.mantissaBits), negative);
}

${HASH_WGSL}

// q = min(RN(a inverse), target) is rounded up if the upper 24 random bits are below 2^24 times its fraction of a step.
fn stochasticElement(a: u32, inverse: u32, random: u32, negative: bool) -> Element {
  let q = unpack(min(multiply(a, inverse), params.amaxTarget));
  let k = max(q.e + 23, params.least) - params.mantissaBits;
  let shift = u32(min(k - q.e, 55));
  let isWhole = shift < 32u;
  let lower = select(0u, q.m >> (shift & 31u), isWhole);
  let fraction = select(q.m, q.m & ((1u << (shift & 31u)) - 1u), isWhole);
  // Rounded up to an integer, since random is one.
  let excess = select(0u, shift - 24u, shift > 24u);
  let chance = select(fraction << (24u - min(shift, 24u)), (fraction + (1u << excess) - 1u) >> excess, shift > 24u);
  return saturated(Element(lower + u32((random >> 8u) < chance), k), negative);
}

// The bits of the float32 nearest to element times scale, with the sign of x; two's complement has no -0.
fn scaledBits(element: Element, scale: Unpacked, x: u32) -> u32 {
  let keepsSign = params.isInteger == 0u || element.n != 0u;
  let sign = select(0u, x & SIGN, keepsSign);
  // What has no scale has more bits than a product with one has room for.
  if (params.isScaled == 0u) { return pack(element.n, element.k, false) | sign; }
  return pack(element.n * scale.m, element.k + scale.e, false) | sign;
}`;
