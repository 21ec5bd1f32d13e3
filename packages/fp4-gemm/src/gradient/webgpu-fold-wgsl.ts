import type { GradientProduct } from './fold.ts';

/** The products that a gradient is prepared for: one, or both at once. */
export type GradientProducts = readonly GradientProduct[];

/** Threads of a workgroup of all programs that prepare the gradient. */
export const THREADS = 64;

/** Bits of float32; the module `scale-wgsl.ts` of `Fp4Quantize` defines them too. */
export const BITS_WGSL = `
const MAGNITUDE = 0x7fffffffu;
const INFINITY_BITS = 0x7f800000u;
const NAN_BITS = 0x7fc00000u;
const MIN_AMAX_BITS = 0x0d800000u;`;

/**
 * The uniform struct of all programs that prepare the gradient. `zero` is 0, which no compiler knows; `dxFirst` and `dwFirst`
 * are where the rows of a product begin in arrays by row; workgroups from `dxGroups` on are those of dW.
 */
const PARAMS_WGSL = `
struct Params {
  m: u32, n: u32, zero: u32, dxGroups: u32, dxScaleStride: u32, dwScaleStride: u32, dxCounter: u32, dwCounter: u32,
  dxFirst: u32, dwFirst: u32
}`;

/**
 * WGSL that reads the gradient as `foldScales` lays it out: `fold(g, scale)` is RN(g · scale) as bits, NaN if either is not
 * finite, and `dxScale(step)` or `dwScale(step)` the scale that a step of the product has. Bindings: dY (`x`), the scales of
 * each product, then `resources` and the parameters. Needs {@link BITS_WGSL}.
 */
export function foldWgsl(products: GradientProducts, resources: readonly string[]): string {
  const bindings = [
    '<storage, read> x: array<u32>',
    ...products.map((product) => `<storage, read> ${product}Scales: array<u32>`),
    ...resources,
    '<uniform> params: Params',
  ];
  return `${PARAMS_WGSL}
${bindings.map((binding, index) => `@group(0) @binding(${index}) var${binding};`).join('\n')}
${products.map((product) => `fn ${product}Scale(step: u32) -> u32 { return ${product}Scales[step * params.${product}ScaleStride]; }`).join('\n')}
fn isFinite(bits: u32) -> bool { return (bits & MAGNITUDE) < INFINITY_BITS; }
fn fold(g: u32, scale: u32) -> u32 {
  if (!isFinite(g) || !isFinite(scale)) { return NAN_BITS; }
  return bitcast<u32>(bitcast<f32>(g) * bitcast<f32>(scale));
}`;
}

/**
 * The lines of `main` after the one that finds the workgroup's `index`: the workgroups of dX call `dxPart(index, lane)`, those
 * after them `dwPart`.
 */
export function partsWgsl(products: GradientProducts): string {
  if (products.length === 1) return `  ${products[0]!}Part(index, lane);`;
  return `  if (index < params.dxGroups) { dxPart(index, lane); } else { dwPart(index - params.dxGroups, lane); }`;
}
