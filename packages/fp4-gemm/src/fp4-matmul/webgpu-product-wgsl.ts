import { each } from '../wgsl-each.ts';

const RESOURCES = [
  '<storage, read> xCodes: array<u32>',
  '<storage, read> xScales: array<u32>',
  '<storage, read> wCodes: array<u32>',
  '<storage, read> wScales: array<u32>',
];

const ADDEND_RESOURCES = [
  '<storage, read> indices: array<u32>',
  '<storage, read> values: array<f32>',
  '<storage, read> wKN: array<f32>',
];

const VALUE_WGSL = `
struct Params {
  m: u32, n: u32, words: u32, xScaleStride: u32, wScaleStride: u32, across: u32, count: u32, width: u32
}

// NaN is decided on the bits: WGSL may assume that arithmetic never sees one.
fn isNan(scale: u32) -> bool { return (scale & 0x7fffffffu) > 0x7f800000u; }

// The bits of an element. The sum is an integer below 2^24 and so exact as f32.
fn valueOf(sum: f32, sx: u32, sw: u32) -> u32 {
  let value = ((sum * 0.25) * bitcast<f32>(sx)) * bitcast<f32>(sw);
  return select(bitcast<u32>(value), 0x7fc00000u, isNan(sx) || isNan(sw));
}`;

/** Columns that `finishRow` takes. */
export const FINISHED_COLS = 4;

/**
 * The bindings of every variant of `Fp4MatMul`, and how sums become values: `finish(row, col, sum)` for an element, and
 * `finishRow(row, col, step, sums)` for four columns from `col`, `step` apart. With an addend, the products of the sparse
 * row are added in the order of their slots, up to a value 0.
 */
export function productWgsl(hasAddend: boolean): string {
  const resources = [
    ...RESOURCES,
    ...(hasAddend ? ADDEND_RESOURCES : []),
    '<storage, read_write> y: array<u32>',
    '<uniform> params: Params',
  ];
  return `
${resources.map((resource, index) => `@group(0) @binding(${index}) var${resource};`).join('\n')}
${VALUE_WGSL}
${hasAddend ? FINISH_WITH_ADDEND_WGSL : FINISH_WGSL}`;
}

const FINISH_WGSL = `
fn finish(row: u32, col: u32, sum: f32) {
  if (row >= params.m || col >= params.n) { return; }
  y[row * params.n + col] = valueOf(sum, xScales[row * params.xScaleStride], wScales[col * params.wScaleStride]);
}

fn finishRow(row: u32, col: u32, step: u32, sums: vec4f) {
${each(FINISHED_COLS, (c) => `  finish(row, col + ${c}u * step, sums[${c}]);`)}
}`;

const FINISH_WITH_ADDEND_WGSL = `
fn finish(row: u32, col: u32, sum: f32) { finishRow(row, col, params.n, vec4f(sum, 0.0, 0.0, 0.0)); }

fn finishRow(row: u32, col: u32, step: u32, sums: vec4f) {
  if (row >= params.m) { return; }
  let last = params.n - 1u;
  let sx = xScales[row * params.xScaleStride];
  // Columns beyond the end compute the last once more, and are not written.
${each(
  FINISHED_COLS,
  (c) => `  let col${c} = min(col + ${c}u * step, last);
  var sum${c} = bitcast<f32>(valueOf(sums[${c}], sx, wScales[col${c} * params.wScaleStride]));`,
)}
  let end = (row + 1u) * params.width;
  for (var slot = row * params.width; slot < end; slot++) {
    let value = values[slot];
    if (value == 0.0) { break; }
    let start = indices[slot] * params.n;
${each(FINISHED_COLS, (c) => `    sum${c} += value * wKN[start + col${c}];`)}
  }
${each(FINISHED_COLS, (c) => `  if (col + ${c}u * step <= last) { y[row * params.n + col${c}] = bitcast<u32>(sum${c}); }`)}
}`;
