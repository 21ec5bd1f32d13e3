import { STOCHASTIC_WGSL } from '../fp4-quantize/encode-wgsl.ts';
import { scaleWgsl } from '../fp4-quantize/scale-wgsl.ts';
import { GRID_WIDTH } from '../wgsl-grid.ts';
import type { GradientProduct } from './fold.ts';
import { NVFP4_BLOCK } from './nvfp4.ts';
import { foldWgsl, partsWgsl, THREADS } from './webgpu-fold-wgsl.ts';
import type { GradientProducts } from './webgpu-fold-wgsl.ts';

/** Workgroups of {@link nvfp4Wgsl} that round for a product. */
export function nvfp4Workgroups(product: GradientProduct, m: number, n: number): number {
  const [rows, steps] = product === 'dx' ? [m, n] : [n, m];
  return Math.ceil((rows * Math.ceil(steps / NVFP4_BLOCK)) / THREADS);
}

/** Mirrors `stochasticNvfp4Rows` for each product: a block per thread. */
export function nvfp4Wgsl(products: GradientProducts): string {
  const resources = [
    '<storage, read> tensorAmax: array<u32>',
    ...products.map((product) => `<storage, read_write> ${product}Values: array<i32>`),
    '<storage, read_write> units: array<u32>',
  ];
  return `${scaleWgsl('e4m3')}${foldWgsl(products, resources)}
${STOCHASTIC_WGSL}
${products.map((product, i) => partWgsl(product, i)).join('\n')}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let index = group.y * ${GRID_WIDTH}u + group.x;
${partsWgsl(products)}
}`;
}

/** The blocks of a product, whose largest magnitude is tensorAmax[i]. */
function partWgsl(product: GradientProduct, i: number): string {
  const [rows, steps, rowStride, stepStride] =
    product === 'dx' ? ['m', 'n', 'params.n', '1u'] : ['n', 'm', '1u', 'params.n'];
  // Neighbouring threads take neighbouring columns of dY where they can.
  const [row, block] =
    product === 'dx' ? ['number / blocks', 'number % blocks'] : ['number % rows', 'number / rows'];
  return `
fn ${product}Part(index: u32, lane: u32) {
  let number = index * ${THREADS}u + lane;
  let rows = params.${rows};
  let steps = params.${steps};
  let blocks = (steps + ${NVFP4_BLOCK - 1}u) / ${NVFP4_BLOCK}u;
  if (number >= rows * blocks) { return; }
  let row = ${row};
  let block = ${block};
  let tensorScale = tensorScaleFor(tensorAmax[${i}]);
  // The units are tensorScale 2^-11.
  if (block == 0u) {
    let isPlain = tensorScale != 0u && tensorScale != NAN_BITS;
    units[params.${product}First + row] = select(tensorScale, tensorScale - (11u << 23u), isPlain);
  }
  let first = block * ${NVFP4_BLOCK}u;
  let end = min(first + ${NVFP4_BLOCK}u, steps);
  var amax = 0u;
  for (var step = first; step < end; step++) {
    amax = max(amax, fold(x[row * ${rowStride} + step * ${stepStride}], ${product}Scale(step)) & MAGNITUDE);
  }
  let code = e4m3Code(amax, tensorScale);
  let isZero = code == 0u || isDead(amax, tensorScale);
  // The E4M3 value in units of 2^-9.
  let multiplier = i32(((code & 7u) | select(0u, 8u, code >= 8u)) << (max(code >> 3u, 1u) - 1u));
  var encoder = encoderFor(0u);
  if (!isZero) { encoder = encoderFor(e4m3Bits(code, tensorScale)); }
  for (var step = first; step < end; step++) {
    let at = row * ${rowStride} + step * ${stepStride};
    let bits = fold(x[at], ${product}Scale(step));
    let random = lowbias32(params.${product}Counter + at);
    let magnitude = stochasticMagnitude(bits & MAGNITUDE, encoder.inverse, random);
    // Twice the magnitudes 0 to 7 stand for, a nibble each.
    let value = i32((0xc8643210u >> (4u * magnitude)) & 15u) * multiplier;
    ${product}Values[at] = select(select(value, -value, (bits >> 31u) == 1u), 0, isZero);
  }
}`;
}
