import { rowAccess, rowElement, THREAD_MAIN } from '../kernel/wgsl.ts';
import { GAIN_CHUNK } from './f32-order.ts';

// These mirror f32-order.ts operation by operation. One thread to a row: the order of its sums is then fixed, and
// the same as wasm's.

const INVERSE_RMS = `
fn inverseRms(row: u32) -> f32 {
  var s = vec4f();
  for (var d = 0u; d < params.width; d += 4u) {
    let v = load_x(row + d, params.width - d);
    s += v * v;
  }
  let mean = ((s.x + s.y) + (s.z + s.w)) * params.inverseWidth;
  return 1.0 / sqrt(mean + params.eps);
}`;

/** Inputs x, delta, gain; outputs total, y; params as {@link rmsNormWgsl}. */
export function residualRmsNormWgsl(aligned: boolean): string {
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> x: array<${element}>;
@group(0) @binding(1) var<storage, read> delta: array<${element}>;
@group(0) @binding(2) var<storage, read> gain: array<${element}>;
@group(0) @binding(3) var<storage, read_write> total: array<${element}>;
@group(0) @binding(4) var<storage, read_write> y: array<${element}>;
struct Params { rows: u32, width: u32, inverseWidth: f32, eps: f32 }
@group(0) @binding(5) var<uniform> params: Params;
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
  for (var d = 0u; d < params.width; d += 4u) {
    let left = params.width - d;
    store_y(row + d, left, (load_total(row + d, left) * r) * load_gain(d, left));
  }
}`;
}

/** Inputs x, gain; output y; params rows, width, inverseWidth, eps. */
export function rmsNormWgsl(aligned: boolean): string {
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> x: array<${element}>;
@group(0) @binding(1) var<storage, read> gain: array<${element}>;
@group(0) @binding(2) var<storage, read_write> y: array<${element}>;
struct Params { rows: u32, width: u32, inverseWidth: f32, eps: f32 }
@group(0) @binding(3) var<uniform> params: Params;
${rowAccess(aligned, ['x', 'gain'], ['y'])}
${INVERSE_RMS}
${THREAD_MAIN}
  if (index >= params.rows) { return; }
  let row = index * params.width;
  let r = inverseRms(row);
  for (var d = 0u; d < params.width; d += 4u) {
    let left = params.width - d;
    store_y(row + d, left, (load_x(row + d, left) * r) * load_gain(d, left));
  }
}`;
}

// Times a parameter that is 1: Mesa's compiler would otherwise reorder this sum and the difference before it.
const ADDED_GRADIENT = 'gradient * params.one + load_dSum(row + d, left)';

/** Inputs dy, x, gain and, if so, dSum; outputs dx, inverse; params as forward, and 1. */
export function rmsNormDxWgsl(aligned: boolean, withSum: boolean): string {
  const element = rowElement(aligned);
  const first = withSum ? 4 : 3;
  return `
@group(0) @binding(0) var<storage, read> dy: array<${element}>;
@group(0) @binding(1) var<storage, read> x: array<${element}>;
@group(0) @binding(2) var<storage, read> gain: array<${element}>;
${withSum ? `@group(0) @binding(3) var<storage, read> dSum: array<${element}>;` : ''}
@group(0) @binding(${first}) var<storage, read_write> dx: array<${element}>;
@group(0) @binding(${first + 1}) var<storage, read_write> inverse: array<f32>;
struct Params { rows: u32, width: u32, inverseWidth: f32, eps: f32, one: f32 }
@group(0) @binding(${first + 2}) var<uniform> params: Params;
${rowAccess(aligned, ['dy', 'x', 'gain', ...(withSum ? ['dSum'] : [])], ['dx'])}
${INVERSE_RMS}
${THREAD_MAIN}
  if (index >= params.rows) { return; }
  let row = index * params.width;
  let r = inverseRms(row);
  inverse[index] = r;
  var s = vec4f();
  for (var d = 0u; d < params.width; d += 4u) {
    let left = params.width - d;
    s += (load_dy(row + d, left) * load_gain(d, left)) * load_x(row + d, left);
  }
  let mean = ((s.x + s.y) + (s.z + s.w)) * params.inverseWidth;
  let pull = ((mean * r) * r) * r;
  for (var d = 0u; d < params.width; d += 4u) {
    let left = params.width - d;
    let straight = (load_dy(row + d, left) * load_gain(d, left)) * r;
    let gradient = straight - load_x(row + d, left) * pull;
    store_dx(row + d, left, ${withSum ? ADDED_GRADIENT : 'gradient'});
  }
}`;
}

/** Inputs dy, x, inverse; output partial [chunks, width]; params rows, width, chunks. */
export const RMS_NORM_PARTIAL_DGAIN_WGSL: string = `
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> inverse: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;
struct Params { rows: u32, width: u32, chunks: u32 }
@group(0) @binding(4) var<uniform> params: Params;
${THREAD_MAIN}
  if (index >= params.chunks * params.width) { return; }
  let d = index % params.width;
  let first = index / params.width * ${GAIN_CHUNK}u;
  var sum = 0.0;
  for (var m = first; m < min(first + ${GAIN_CHUNK}u, params.rows); m++) {
    sum += (dy[m * params.width + d] * x[m * params.width + d]) * inverse[m];
  }
  partials[index] = sum;
}`;

/** Input partial; output dgain; params width, chunks. */
export const RMS_NORM_DGAIN_WGSL: string = `
@group(0) @binding(0) var<storage, read> partials: array<f32>;
@group(0) @binding(1) var<storage, read_write> dgain: array<f32>;
struct Params { width: u32, chunks: u32 }
@group(0) @binding(2) var<uniform> params: Params;
${THREAD_MAIN}
  if (index >= params.width) { return; }
  var sum = 0.0;
  for (var chunk = 0u; chunk < params.chunks; chunk++) { sum += partials[chunk * params.width + index]; }
  dgain[index] = sum;
}`;
