import { ENCODE_STOCHASTIC_WGSL } from '../fp4-quantize/encode-wgsl.ts';
import { scaleWgsl } from '../fp4-quantize/scale-wgsl.ts';
import { GRID_WIDTH } from '../wgsl-grid.ts';
import type { GradientProduct } from './fold.ts';
import { NVFP4_BLOCK } from './nvfp4.ts';
import { BITS_WGSL, foldWgsl, rowAndStep } from './webgpu-fold-wgsl.ts';

const THREADS = 64;

const MAIN = `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let index = (group.y * ${GRID_WIDTH}u + group.x) * ${THREADS}u + lane;
  if (index >= params.count) { return; }`;

/** How an element is found from its index in dY. */
function locate(product: GradientProduct): string {
  const { row, step } = rowAndStep(product);
  return `
  let m = index / params.n;
  let n = index % params.n;
  let row = ${row};
  let step = ${step};`;
}

/** Mirrors `fixedPointRows` of `roundToE5m2`: an element per thread, integers where the element lies in dY. */
export function e5m2Wgsl(product: GradientProduct): string {
  return `${BITS_WGSL}${foldWgsl('e5m2')}
@group(0) @binding(3) var<storage, read> amax: array<u32>;
@group(0) @binding(4) var<storage, read_write> values: array<i32>;
@group(0) @binding(5) var<storage, read_write> units: array<u32>;
@group(0) @binding(6) var<uniform> params: Params;
${MAIN}${locate(product)}
  let largest = amax[row];
  // e + 127.
  let exponent = (largest + 0x20000u) >> 23u;
  let isZero = largest < MIN_AMAX_BITS;
  let isNan = largest >= INFINITY_BITS;
  var value = 0;
  if (!isZero && !isNan) {
    value = i32(round(bitcast<f32>(folded(index, step)) * bitcast<f32>((276u - exponent) << 23u)));
  }
  values[index] = value;
  if (step == 0u) { units[row] = select(select((exponent - 23u) << 23u, 0u, isZero), NAN_BITS, isNan); }
}`;
}

/** Turns the largest magnitude of each row into RN(127 / amax), in place, and the units RN(amax / 254) of `stochasticInt8Rows`. */
export const INT8_SCALES_WGSL: string = `${BITS_WGSL}
@group(0) @binding(0) var<storage, read_write> amax: array<u32>;
@group(0) @binding(1) var<storage, read_write> units: array<u32>;
struct Params { count: u32 }
@group(0) @binding(2) var<uniform> params: Params;

// RN(dividend / divisor) of positive normal float32 bits by long division to 25 bits and a remainder, since WGSL's own
// may be off by 2.5 ulp. A tie cannot be: the quotient of two significands of 24 bits never ends after 25.
fn quotient(dividend: u32, divisor: u32) -> u32 {
  let b = (divisor & 0x7fffffu) | 0x800000u;
  var left = (dividend & 0x7fffffu) | 0x800000u;
  let isSmall = left < b;
  if (isSmall) { left <<= 1u; }
  var result = 0u;
  for (var bit = 0; bit < 25; bit++) {
    result <<= 1u;
    if (left >= b) { left -= b; result |= 1u; }
    left <<= 1u;
  }
  let exponent = (dividend >> 23u) - (divisor >> 23u) + 127u - u32(isSmall);
  return (exponent << 23u) + (((result + 1u) >> 1u) - 0x800000u);
}
${MAIN}
  let largest = amax[index];
  let isZero = largest < MIN_AMAX_BITS;
  if (isZero || largest >= INFINITY_BITS) {
    amax[index] = 0u;
    units[index] = select(NAN_BITS, 0u, isZero);
    return;
  }
  amax[index] = quotient(bitcast<u32>(127f), largest);
  units[index] = quotient(largest, bitcast<u32>(254f));
}`;

const HASH_WGSL = `
// The hash of counterBits in fp4-format; params.counter is that of the seed.
fn lowbias32(input: u32) -> u32 {
  var x = (input ^ (input >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}`;

/** Mirrors `stochasticInt8Rows`, with the inverses of {@link INT8_SCALES_WGSL}. */
export function int8Wgsl(product: GradientProduct): string {
  return `${BITS_WGSL}${foldWgsl('f32')}
@group(0) @binding(2) var<storage, read> inverse: array<u32>;
@group(0) @binding(3) var<storage, read_write> values: array<i32>;
@group(0) @binding(4) var<uniform> params: Params;
${HASH_WGSL}
${MAIN}${locate(product)}
  let factor = inverse[row];
  if (factor == 0u) { values[index] = 0; return; }
  let product = bitcast<f32>(folded(index, step)) * bitcast<f32>(factor);
  // Through an unknown zero, so that no compiler fuses the product with the subtraction.
  let t = bitcast<f32>(bitcast<u32>(product) ^ params.zero);
  let below = floor(t);
  let random = lowbias32(params.counter + index) >> 8u;
  let rounded = i32(below) + i32(f32(random) < (t - below) * 16777216.0);
  values[index] = clamp(rounded, -127, 127);
}`;
}

/** Mirrors `stochasticNvfp4Rows`: a block per thread. */
export function nvfp4Wgsl(product: GradientProduct): string {
  const [rows, steps, rowStride, stepStride] =
    product === 'dx' ? ['m', 'n', 'params.n', '1u'] : ['n', 'm', '1u', 'params.n'];
  // Neighbouring threads take neighbouring columns of dY where they can.
  const [row, block] =
    product === 'dx'
      ? ['index / blocks', 'index % blocks']
      : [`index % params.${rows}`, `index / params.${rows}`];
  return `${scaleWgsl('e4m3')}${foldWgsl('f32')}
@group(0) @binding(2) var<storage, read> tensorAmax: array<u32>;
@group(0) @binding(3) var<storage, read_write> values: array<i32>;
@group(0) @binding(4) var<storage, read_write> units: array<u32>;
@group(0) @binding(5) var<uniform> params: Params;
${ENCODE_STOCHASTIC_WGSL}
${MAIN}
  let steps = params.${steps};
  let blocks = (steps + ${NVFP4_BLOCK - 1}u) / ${NVFP4_BLOCK}u;
  let row = ${row};
  let block = ${block};
  let tensorScale = tensorScaleFor(tensorAmax[0]);
  // The units are tensorScale 2^-11.
  if (block == 0u) {
    let isPlain = tensorScale != 0u && tensorScale != NAN_BITS;
    units[row] = select(tensorScale, tensorScale - (11u << 23u), isPlain);
  }
  let first = block * ${NVFP4_BLOCK}u;
  let end = min(first + ${NVFP4_BLOCK}u, steps);
  var amax = 0u;
  for (var step = first; step < end; step++) {
    amax = max(amax, folded(row * ${rowStride} + step * ${stepStride}, step) & MAGNITUDE);
  }
  let code = e4m3Code(amax, tensorScale);
  let isZero = code == 0u || isDead(amax, tensorScale);
  // The E4M3 value in units of 2^-9.
  let multiplier = i32(((code & 7u) | select(0u, 8u, code >= 8u)) << (max(code >> 3u, 1u) - 1u));
  var encoder = encoderFor(0u);
  if (!isZero) { encoder = encoderFor(e4m3Bits(code, tensorScale)); }
  for (var step = first; step < end; step++) {
    let at = row * ${rowStride} + step * ${stepStride};
    let bits = folded(at, step);
    let magnitude = stochasticMagnitude(bits & MAGNITUDE, encoder.inverse, lowbias32(params.counter + at));
    // Twice the magnitudes 0 to 7 stand for, a nibble each.
    let value = i32((0xc8643210u >> (4u * magnitude)) & 15u) * multiplier;
    values[at] = select(select(value, -value, (bits >> 31u) == 1u), 0, isZero);
  }
}`;
}
