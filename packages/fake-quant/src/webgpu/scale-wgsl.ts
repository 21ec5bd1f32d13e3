import { i32, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { Param } from '@nibble-ml/tfjs-bridge/webgpu';
import { elementParameters } from '../fake-quantize/element-parameters.ts';
import type { FakeQuantizeAttrs } from '../fake-quantize/options.ts';
import { QUEST_FACTOR, QUEST_GREATEST, QUEST_LEAST } from '../fake-quantize/quest-scale.ts';
import { SCALE_KINDS } from '../fake-quantize/scale-kinds.ts';
import { float32Bits } from './float32-bits.ts';

/** The members of `params` that {@link SCALE_WGSL} needs. */
export const SCALE_PARAMS_WGSL: string = 'kind: u32, odd: u32, twos: i32, maxExponent: u32, headroom: u32,';

/** Their values: a target of odd 2^twos, the exponent of the maximum, the headroom as bits. */
export function scaleParams({ format, scale, headroom }: FakeQuantizeAttrs): Param[] {
  const { target, maxExponent } = elementParameters(format);
  const [odd, twos] = oddPart(target);
  return [u32(SCALE_KINDS[scale]), u32(odd), i32(twos), u32(maxExponent), u32(float32Bits(headroom))];
}

/**
 * The WGSL function `scaleOf`, after {@link SOFT_FLOAT_WGSL}: the bits of a block's scale from those of its largest magnitude and of
 * its clip factor, of the largest magnitude of the tensor (for `'e4m3'`), and from the sum of its squares and its size (for
 * `'quest'`). Mirrors `src/fake-quantize/block-scales.ts`.
 */
export const SCALE_WGSL: string = `
const MIN_AMAX_BITS = ${float32Bits(2 ** -100)}u;

// a / (odd 2^twos) as an integer of at least 25 bits, its exponent and whether anything is left.
struct Quotient { m: u32, e: i32, sticky: bool }

fn divideBy(a: u32, odd: u32, twos: i32) -> Quotient {
  let x = unpack(a);
  let dividend = x.m << 7u;
  let quotient = dividend / odd;
  return Quotient(quotient, x.e - 7 - twos, quotient * odd != dividend);
}

fn clippedAmax(amax: u32, clip: u32) -> u32 {
  let factor = clip & MAGNITUDE;
  if (factor > INFINITY_BITS || (factor == INFINITY_BITS && (amax == 0u || clip < SIGN))) { return NAN_BITS; }
  if (clip >= SIGN || factor == 0u || amax == 0u) { return 0u; }
  return multiply(amax, factor);
}

fn e4m3Scale(amax: u32, tensorAmax: u32) -> u32 {
  if (tensorAmax < MIN_AMAX_BITS) { return 0u; }
  // RN(tensorAmax / (target 448)).
  let t = divideBy(tensorAmax, 7u * params.odd, params.twos + 6);
  let tensorScale = unpack(pack(t.m, t.e, t.sticky));
  // The first bits of amax / (target tensorScale), and whether anything is left.
  let x = unpack(amax);
  let divisor = params.odd * tensorScale.m;
  var quotient = u32(x.m >= divisor);
  var left = x.m - divisor * quotient;
  for (var bit = 0; bit < 9; bit++) {
    left <<= 1u;
    quotient <<= 1u;
    if (left >= divisor) { left -= divisor; quotient |= 1u; }
  }
  // E4M3 counts in steps of 2^(exponent - 3), from 2^-9.
  let unit = x.e - tensorScale.e - params.twos - 9;
  let exponent = max(31 - i32(countLeadingZeros(quotient)) + unit, -6);
  let shift = u32(min(exponent - 3 - unit, 12));
  let down = quotient >> shift;
  let rest = quotient & ((1u << shift) - 1u);
  let half = 1u << (shift - 1u);
  let up = rest > half || (rest == half && (left != 0u || (down & 1u) == 1u));
  let steps = down + u32(up);
  // 448 is 14 2^5.
  if (exponent > 8 || (exponent == 8 && steps > 14u)) { return pack(14u * tensorScale.m, tensorScale.e + 5, false); }
  return pack(steps * tensorScale.m, tensorScale.e + exponent - 3, false);
}

fn questScale(squares: u32, count: u32) -> u32 {
  if (squares == 0u) { return 0u; }
  let product = unpack(multiply(squares, ${float32Bits(QUEST_FACTOR)}u));
  let zeros = countLeadingZeros(count);
  let size = (count << zeros) >> 8u;
  let exponent = product.e + 23 - i32(31u - zeros) - i32(product.m < size);
  return u32((exponent >> 1u) + 127) << 23u;
}

// The kinds are numbered in scale-kinds.ts.
fn plainScale(amax: u32, tensorAmax: u32, squares: u32, count: u32) -> u32 {
  if (params.kind == 4u) { return questScale(squares, count); }
  if (amax < MIN_AMAX_BITS) { return 0u; }
  if (params.kind == 3u) { return e4m3Scale(amax, tensorAmax); }
  if (params.kind == 2u) { return (amax & INFINITY_BITS) - (params.maxExponent << 23u); }
  let q = divideBy(amax, params.odd, params.twos);
  if (params.kind == 0u) { return pack(q.m, q.e, q.sticky); }
  let isPower = !q.sticky && countOneBits(q.m) == 1u;
  return u32(31 - i32(countLeadingZeros(q.m)) + q.e + 127 + i32(!isPower)) << 23u;
}


fn scaleOf(amax: u32, clip: u32, tensorAmax: u32, squares: u32, count: u32) -> u32 {
  if (amax >= INFINITY_BITS || tensorAmax >= INFINITY_BITS) { return NAN_BITS; }
  let clipped = clippedAmax(amax, clip);
  if (clipped >= INFINITY_BITS) { return NAN_BITS; }
  let scale = plainScale(clipped, tensorAmax, squares, count);
  let result = multiply(scale, params.headroom);
  // A subnormal scale counts as 0.
  return select(result, 0u, result < 0x800000u);
}`;

/** The odd factor of a target, and the exponent of the power of two beside it. */
function oddPart(target: number): [number, number] {
  let [odd, twos] = [target, 0];
  for (; odd % 2 === 0; odd /= 2) twos++;
  for (; !Number.isInteger(odd); odd *= 2) twos--;
  return [odd, twos];
}

/** The WGSL function of a term of the sum of squares: `questSquare` of `src/fake-quantize/quest-scale.ts`. */
export const QUEST_SQUARE_WGSL: string = `
fn questSquare(bits: u32) -> f32 {
  let a = bits & MAGNITUDE;
  if (a < ${float32Bits(QUEST_LEAST)}u) { return 0.0; }
  let x = bitcast<f32>(min(a, ${float32Bits(QUEST_GREATEST)}u));
  // Through an unknown zero, so that no compiler fuses the product with an addition.
  return bitcast<f32>(bitcast<u32>(x * x) ^ params.zero);
}`;
