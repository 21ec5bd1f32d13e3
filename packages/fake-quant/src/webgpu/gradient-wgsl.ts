import type { FakeQuantizeAttrs } from '../fake-quantize/options.ts';
import { BLOCK_PARAMS_WGSL } from './block-scales-wgsl.ts';
import { quantizedWgsl } from './fake-quantize-wgsl.ts';
import { INDEX_WGSL } from './grid.ts';
import { SOFT_FLOAT_WGSL } from './soft-float-wgsl.ts';

/** The members of `params` that say up to where x / scale is inside: bounds as bits, and whether they are inside. */
const BOUND_PARAMS_WGSL = 'above: u32, isAboveInside: u32, below: u32, isBelowInside: u32,';

const IS_INSIDE_WGSL = `
// Whether |x| <= bound · scale, or less: the product is exact in 48 bits, since a bound has at most 9.
fn isInside(bits: u32, scaleBits: u32) -> bool {
  if (scaleBits == 0u) { return true; }
  let negative = bits >= SIGN;
  let bound = unpack(select(params.above, params.below, negative));
  let inclusive = select(params.isAboveInside, params.isBelowInside, negative) != 0u;
  let scale = unpack(scaleBits);
  // bound.m is at most 9 bits times 2^15.
  let few = bound.m >> 15u;
  let low = few * (scale.m & 0xffffu);
  let high = few * (scale.m >> 16u) + (low >> 16u);
  // The product is (high 2^16 + low's 16 bits) 2^(bound.e + 15 + scale.e), 32 or 33 bits; its first 31 and the rest:
  let shift = 31u - countLeadingZeros(high) - 14u;
  let whole = (high << (16u - shift)) | ((low & 0xffffu) >> shift);
  let rest = low & ((1u << shift) - 1u);
  let x = unpack(bits & MAGNITUDE);
  // Both of 31 bits: 2^30 to 2^31 - 1.
  let e = x.e - 7 - (bound.e + 15 + scale.e + i32(shift));
  if (x.m == 0u || e < 0) { return true; }
  if (e > 0) { return false; }
  let value = x.m << 7u;
  return value < whole || (value == whole && (rest != 0u || inclusive));
}`;

/** dx, an element per thread. */
export const MASK_WGSL: string = `${SOFT_FLOAT_WGSL}
@group(0) @binding(0) var<storage, read> dy: array<u32>;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<u32>;
struct Params { ${BLOCK_PARAMS_WGSL} ${BOUND_PARAMS_WGSL} }
@group(0) @binding(4) var<uniform> params: Params;
${IS_INSIDE_WGSL}
${INDEX_WGSL}
  if (index >= params.rows * params.cols) { return; }
  let row = index / params.cols;
  let col = index - row * params.cols;
  let scale = scales[2u * ((row / params.blockRows) * params.scaleCols + col / params.blockCols)];
  if (scale >= INFINITY_BITS) { dx[index] = NAN_BITS; return; }
  dx[index] = select(0u, dy[index], isInside(x[index], scale));
}`;

/** dx, and the sums of lines of blocks as in `src/fake-quantize/fold-lines.ts`: a line per thread. */
export function lineSumsWgsl(attrs: FakeQuantizeAttrs): string {
  return `${quantizedWgsl(attrs)}
@group(0) @binding(0) var<storage, read> dy: array<u32>;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<u32>;
@group(0) @binding(4) var<storage, read_write> sums: array<u32>;
struct Params { ${BLOCK_PARAMS_WGSL} ${BOUND_PARAMS_WGSL} }
@group(0) @binding(5) var<uniform> params: Params;
${IS_INSIDE_WGSL}
${INDEX_WGSL}
  let isColumn = params.blockCols == 1u;
  let lines = select(params.rows, params.scaleRows, isColumn) * params.scaleCols;
  if (index >= lines) { return; }
  let line = index / params.scaleCols;
  let blockCol = index - line * params.scaleCols;
  let firstRow = select(line, line * params.blockRows, isColumn);
  let firstCol = blockCol * params.blockCols;
  let stride = select(1u, params.cols, isColumn);
  let count = select(
    min(params.blockCols, params.cols - firstCol), min(params.blockRows, params.rows - firstRow), isColumn);
  let block = (firstRow / params.blockRows) * params.scaleCols + blockCol;
  let scale = scales[2u * block];
  let inverse = scales[2u * block + 1u];
  let isNan = scale >= INFINITY_BITS;
  var lanes = vec4f();
  var at = firstRow * params.cols + firstCol;
  for (var i = 0u; i < count; i++) {
    let bits = x[at];
    let gradient = dy[at];
    let inside = isInside(bits, scale);
    if (!isNan) {
      let y = bitcast<f32>(quantized(bits, at, scale, inverse));
      let product = bitcast<f32>(gradient) * (y - select(0.0, bitcast<f32>(bits), inside));
      // Through an unknown zero, so that no compiler fuses the product with the addition.
      lanes[i & 3u] += bitcast<f32>(bitcast<u32>(product) ^ params.zero);
    }
    dx[at] = select(select(0u, gradient, inside), NAN_BITS, isNan);
    at += stride;
  }
  let sum = (lanes.x + lanes.y) + (lanes.z + lanes.w);
  sums[index] = select(bitcast<u32>(sum), NAN_BITS, isNan);
}`;
}

/** The gradients of clip factors from the sums of lines: a factor per thread. */
export const CLIP_GRADIENT_WGSL: string = `${SOFT_FLOAT_WGSL}
@group(0) @binding(0) var<storage, read> sums: array<u32>;
@group(0) @binding(1) var<storage, read> clip: array<u32>;
@group(0) @binding(2) var<storage, read_write> dclip: array<u32>;
struct Params { ${BLOCK_PARAMS_WGSL} ${BOUND_PARAMS_WGSL} clipCount: u32 }
@group(0) @binding(3) var<uniform> params: Params;
// 2^-100.
const MIN_CLIP_BITS = 0x0d800000u;
${INDEX_WGSL}
  if (index >= params.clipCount) { return; }
  let factor = clip[index];
  if ((factor & MAGNITUDE) > INFINITY_BITS) { dclip[index] = NAN_BITS; return; }
  if (factor >= SIGN || factor < MIN_CLIP_BITS) { dclip[index] = 0u; return; }
  let firstBand = index * params.clipDown;
  let endBand = select(params.scaleRows, index + 1u, params.clipDown != 0u);
  let firstBlock = index * params.clipAcross;
  let endBlock = select(params.scaleCols, index + 1u, params.clipAcross != 0u);
  let bandLines = select(params.blockRows, 1u, params.blockCols == 1u);
  let lines = select(params.rows, params.scaleRows, params.blockCols == 1u);
  var sum = 0.0;
  var isNan = false;
  for (var band = firstBand; band < endBand; band++) {
    for (var block = firstBlock; block < endBlock; block++) {
      var total = 0.0;
      for (var line = band * bandLines; line < min((band + 1u) * bandLines, lines); line++) {
        let bits = sums[line * params.scaleCols + block];
        if ((bits & MAGNITUDE) >= INFINITY_BITS) { isNan = true; } else { total += bitcast<f32>(bits); }
      }
      sum += total;
    }
  }
  let bits = bitcast<u32>(sum);
  var quotient = 0u;
  if (sum != 0.0) { quotient = divide(bits & MAGNITUDE, factor) | (bits & SIGN); }
  dclip[index] = select(quotient, NAN_BITS, isNan);
}`;

/** dx of a format without scales: |x| is inside up to the bits `params.limit`. */
export const MASK_UNSCALED_WGSL: string = `
@group(0) @binding(0) var<storage, read> dy: array<u32>;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> dx: array<u32>;
struct Params { size: u32, limit: u32 }
@group(0) @binding(3) var<uniform> params: Params;
${INDEX_WGSL}
  if (index >= params.size) { return; }
  let magnitude = x[index] & 0x7fffffffu;
  dx[index] = select(select(0u, dy[index], magnitude <= params.limit), 0x7fc00000u, magnitude >= 0x7f800000u);
}`;
