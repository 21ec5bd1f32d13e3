import { isScaled } from '../fake-quantize/element-formats.ts';
import type { FakeQuantizeAttrs } from '../fake-quantize/options.ts';
import { BLOCK_PARAMS_WGSL } from './block-scales-wgsl.ts';
import { ELEMENT_PARAMS_WGSL, ELEMENT_WGSL, HASH_WGSL } from './element-wgsl.ts';
import { INDEX_WGSL } from './grid.ts';
import { SOFT_FLOAT_WGSL } from './soft-float-wgsl.ts';

/** The WGSL function `quantized(bits, index, scale, inverse)`: the bits of an element after quantizing and dequantizing. */
export function quantizedWgsl({ rounding }: FakeQuantizeAttrs): string {
  const element =
    rounding === 'stochastic'
      ? 'stochasticElement(bits & MAGNITUDE, inverse, lowbias32(params.counter + index), negative)'
      : 'nearestElement(bits & MAGNITUDE, factor, negative)';
  return `${SOFT_FLOAT_WGSL}
${ELEMENT_WGSL}

fn quantized(bits: u32, index: u32, scale: u32, inverse: u32) -> u32 {
  if (scale >= INFINITY_BITS) { return NAN_BITS; }
  if (scale == 0u) { return select(bits & SIGN, 0u, params.isInteger != 0u); }
  let negative = bits >= SIGN;
  let factor = unpack(scale);
  return scaledBits(${element}, factor, bits);
}`;
}

/** An element per thread, under the scales of `blockScalesWgsl`; a format without scales has none. */
export function fakeQuantizeWgsl(attrs: FakeQuantizeAttrs): string {
  return isScaled(attrs.format) ? scaledWgsl(attrs) : unscaledWgsl(attrs);
}

function scaledWgsl(attrs: FakeQuantizeAttrs): string {
  return `${quantizedWgsl(attrs)}
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> scales: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
struct Params { ${BLOCK_PARAMS_WGSL} }
@group(0) @binding(3) var<uniform> params: Params;
${INDEX_WGSL}
  if (index >= params.rows * params.cols) { return; }
  let row = index / params.cols;
  let col = index - row * params.cols;
  let block = (row / params.blockRows) * params.scaleCols + col / params.blockCols;
  y[index] = quantized(x[index], index, scales[2u * block], scales[2u * block + 1u]);
}`;
}

function unscaledWgsl(attrs: FakeQuantizeAttrs): string {
  return `${attrs.format === 'bf16' ? bf16Wgsl(attrs) : quantizedWgsl(attrs)}
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
struct Params { size: u32, ${ELEMENT_PARAMS_WGSL} }
@group(0) @binding(2) var<uniform> params: Params;
${INDEX_WGSL}
  if (index >= params.size) { return; }
  let bits = x[index];
  // As if scaled by 1.
  y[index] = select(quantized(bits, index, 0x3f800000u, 0x3f800000u), 0x7fc00000u, (bits & 0x7fffffffu) >= 0x7f800000u);
}`;
}

/** On the bits of a float32, whose exponents bfloat16 shares: what carries from the lower half into the upper one. */
function bf16Wgsl({ rounding }: FakeQuantizeAttrs): string {
  const addend =
    rounding === 'stochastic'
      ? '0xffffu - (lowbias32(params.counter + index) >> 16u)'
      : '0x7fffu + ((bits >> 16u) & 1u)';
  return `${HASH_WGSL}
fn quantized(bits: u32, index: u32, scale: u32, inverse: u32) -> u32 {
  let magnitude = bits & 0x7fffffffu;
  // Values up to f of 2^16 between neighbours round up if f exceeds the upper 16 random bits.
  return min((magnitude + ${addend}) & 0xffff0000u, 0x7f7f0000u) | (bits & 0x80000000u);
}`;
}
