/** The bindings of every variant of `Fp4MatMul`, and how a sum becomes a value. */
export const PRODUCT_WGSL = `
@group(0) @binding(0) var<storage, read> xCodes: array<u32>;
@group(0) @binding(1) var<storage, read> xScales: array<u32>;
@group(0) @binding(2) var<storage, read> wCodes: array<u32>;
@group(0) @binding(3) var<storage, read> wScales: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
struct Params { m: u32, n: u32, words: u32, xScaleStride: u32, wScaleStride: u32, across: u32, count: u32 }
@group(0) @binding(5) var<uniform> params: Params;

// NaN is decided on the bits: WGSL may assume that arithmetic never sees one.
fn isNan(scale: u32) -> bool { return (scale & 0x7fffffffu) > 0x7f800000u; }

// The sum is an integer below 2^24 and so exact as f32.
fn finish(row: u32, col: u32, sum: f32) {
  if (row >= params.m || col >= params.n) { return; }
  let sx = xScales[row * params.xScaleStride];
  let sw = wScales[col * params.wScaleStride];
  let value = ((sum * 0.25) * bitcast<f32>(sx)) * bitcast<f32>(sw);
  y[row * params.n + col] = select(bitcast<u32>(value), 0x7fc00000u, isNan(sx) || isNan(sw));
}`;
