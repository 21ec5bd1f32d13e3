import { rowAccess, rowElement, THREAD_MAIN } from '../kernel/wgsl.ts';

// These mirror f32-order.ts operation by operation. One thread to a row: the order of its sums is then fixed, and
// the same as wasm's.

/** Inputs x, delta, gain; outputs total, y, inverseRms; params as {@link rmsNormWgsl}. */
export function residualRmsNormWgsl(aligned: boolean): string {
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> x: array<${element}>;
@group(0) @binding(1) var<storage, read> delta: array<${element}>;
@group(0) @binding(2) var<storage, read> gain: array<${element}>;
@group(0) @binding(3) var<storage, read_write> total: array<${element}>;
@group(0) @binding(4) var<storage, read_write> y: array<${element}>;
@group(0) @binding(5) var<storage, read_write> inverseRms: array<f32>;
struct Params { rows: u32, width: u32, inverseWidth: f32, eps: f32 }
@group(0) @binding(6) var<uniform> params: Params;
${rowAccess(aligned, ['x', 'delta', 'gain', 'total'], ['total', 'y'])}
${THREAD_MAIN}
  if (index >= params.rows) { return; }
  let row = index * params.width;
  var s = vec4f();
  for (var d = 0u; d < params.width; d += 4u) {
    let left = params.width - d;
    let v = load_x(row + d, left) + load_delta(row + d, left);
    store_total(row + d, left, v);
    s += v * v;
  }
  let mean = ((s.x + s.y) + (s.z + s.w)) * params.inverseWidth;
  let r = 1.0 / sqrt(mean + params.eps);
  inverseRms[index] = r;
  for (var d = 0u; d < params.width; d += 4u) {
    let left = params.width - d;
    store_y(row + d, left, (load_total(row + d, left) * r) * load_gain(d, left));
  }
}`;
}

/** Inputs x, gain; outputs y, inverseRms; params rows, width, inverseWidth, eps. */
export function rmsNormWgsl(aligned: boolean): string {
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> x: array<${element}>;
@group(0) @binding(1) var<storage, read> gain: array<${element}>;
@group(0) @binding(2) var<storage, read_write> y: array<${element}>;
@group(0) @binding(3) var<storage, read_write> inverseRms: array<f32>;
struct Params { rows: u32, width: u32, inverseWidth: f32, eps: f32 }
@group(0) @binding(4) var<uniform> params: Params;
${rowAccess(aligned, ['x', 'gain'], ['y'])}
${THREAD_MAIN}
  if (index >= params.rows) { return; }
  let row = index * params.width;
  var s = vec4f();
  for (var d = 0u; d < params.width; d += 4u) {
    let v = load_x(row + d, params.width - d);
    s += v * v;
  }
  let mean = ((s.x + s.y) + (s.z + s.w)) * params.inverseWidth;
  let r = 1.0 / sqrt(mean + params.eps);
  inverseRms[index] = r;
  for (var d = 0u; d < params.width; d += 4u) {
    let left = params.width - d;
    store_y(row + d, left, (load_x(row + d, left) * r) * load_gain(d, left));
  }
}`;
}
