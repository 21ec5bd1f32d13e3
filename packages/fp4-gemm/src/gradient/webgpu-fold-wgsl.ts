import type { GradientProduct } from './fold.ts';

/** The uniform struct of all programs that round the gradient; `zero` is 0, which no compiler knows. */
const PARAMS = 'struct Params { m: u32, n: u32, scaleStride: u32, counter: u32, zero: u32, count: u32 }';

/** Bits of float32; the module `scale-wgsl.ts` of `Fp4Quantize` defines them too. */
export const BITS_WGSL = `
const MAGNITUDE = 0x7fffffffu;
const INFINITY_BITS = 0x7f800000u;
const NAN_BITS = 0x7fc00000u;
const MIN_AMAX_BITS = 0x0d800000u;`;

/** How the gradient is read: as it is, or rounded to E5M2 under the largest magnitude of the tensor. */
export type GradientSource = 'f32' | 'e5m2';

// Mirrors roundToE5m2 in integers: v is a multiple of 2^(p - 16) below the smallest normal 2^(p - 14), else three bits.
const E5M2 = `
fn source(at: u32) -> u32 {
  let v = x[at];
  let amax = tensorAmax[0];
  if (amax >= INFINITY_BITS) { return NAN_BITS; }
  if (amax < 0x10800000u) { return 0u; }
  let magnitude = v & MAGNITUDE;
  let sign = v & 0x80000000u;
  // p + 127: the scale is 2^p.
  let p = ((amax + 0x1fffffu) >> 23u) - 15u;
  if (magnitude >= ((p - 14u) << 23u)) {
    return sign | ((magnitude + 0xfffffu + ((magnitude >> 21u) & 1u)) & 0xffe00000u);
  }
  let exponent = magnitude >> 23u;
  let shift = p + 7u - exponent;
  if (exponent == 0u || shift > 25u) { return sign; }
  let significand = (magnitude & 0x7fffffu) | 0x800000u;
  let steps = (significand + (1u << (shift - 1u)) - 1u + ((significand >> shift) & 1u)) >> shift;
  return sign | bitcast<u32>(f32(steps) * bitcast<f32>((p - 16u) << 23u));
}`;

/**
 * WGSL that reads the gradient as `foldScales` lays it out: `folded(at, step)` is RN(dY[at] · scale[step]) as bits, NaN
 * if either is not finite. Bindings 0, 1 and, for 'e5m2', 2 are dY (`x`), scales and
 * tensorAmax. Needs {@link BITS_WGSL}.
 */
export function foldWgsl(source: GradientSource): string {
  return `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> scales: array<u32>;
${source === 'e5m2' ? '@group(0) @binding(2) var<storage, read> tensorAmax: array<u32>;' : ''}
${PARAMS}
${source === 'e5m2' ? E5M2 : 'fn source(at: u32) -> u32 { return x[at]; }'}
fn isFinite(bits: u32) -> bool { return (bits & MAGNITUDE) < INFINITY_BITS; }
fn scaleOf(step: u32) -> u32 { return scales[step * params.scaleStride]; }
fn foldedBy(at: u32, scale: u32) -> u32 {
  let g = source(at);
  if (!isFinite(g) || !isFinite(scale)) { return NAN_BITS; }
  return bitcast<u32>(bitcast<f32>(g) * bitcast<f32>(scale));
}
fn folded(at: u32, step: u32) -> u32 { return foldedBy(at, scaleOf(step)); }`;
}

/** WGSL expressions of an element's row and step in the product, from its place `m`, `n` in dY. */
export function rowAndStep(product: GradientProduct): { readonly row: string; readonly step: string } {
  return product === 'dx' ? { row: 'm', step: 'n' } : { row: 'n', step: 'm' };
}
