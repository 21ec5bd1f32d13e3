import { GRID_WIDTH } from '../wgsl-grid.ts';
import type { GradientProduct } from './fold.ts';
import { BITS_WGSL, foldWgsl } from './webgpu-fold-wgsl.ts';
import type { GradientSource } from './webgpu-fold-wgsl.ts';

const THREADS = 64;

/** Elements that a thread of {@link tensorAmaxWgsl} looks at, and rows of dY that one of {@link columnAmaxWgsl} does. */
export const AMAX_RUN = 64;

/** Bindings after the first `inputs`: the results, which must be zero before, and the parameters. */
function results(inputs: number): string {
  return `
@group(0) @binding(${inputs}) var<storage, read_write> amax: array<atomic<u32>>;
@group(0) @binding(${inputs + 1}) var<uniform> params: Params;`;
}

const MAIN = `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let index = group.y * ${GRID_WIDTH}u + group.x;`;

// The bits of magnitudes order like integers, so the largest is the same in whatever order threads meet.

/** The largest magnitude in the tensor as bits, of dY itself or folded; params.count is its size. */
export function tensorAmaxWgsl(product: GradientProduct, isFolded: boolean): string {
  const step = product === 'dx' ? 'at % params.n' : 'at / params.n';
  return `${BITS_WGSL}${foldWgsl('f32')}${results(2)}
var<workgroup> largest: atomic<u32>;
${MAIN}
  var own = 0u;
  for (var turn = 0u; turn < ${AMAX_RUN}u; turn++) {
    let at = (index * ${AMAX_RUN}u + turn) * ${THREADS}u + lane;
    if (at < params.count) { own = max(own, ${isFolded ? `folded(at, ${step})` : 'x[at]'} & MAGNITUDE); }
  }
  atomicMax(&largest, own);
  workgroupBarrier();
  if (lane == 0u) { atomicMax(&amax[0], atomicLoad(&largest)); }
}`;
}

/** The largest folded magnitude of each row of the product as bits: for dX a workgroup takes a row of dY. */
export function rowAmaxWgsl(source: GradientSource): string {
  return `${BITS_WGSL}${foldWgsl(source)}${results(source === 'e5m2' ? 3 : 2)}
${MAIN}
  if (index >= params.m) { return; }
  var own = 0u;
  for (var n = lane; n < params.n; n += ${THREADS}u) { own = max(own, folded(index * params.n + n, n) & MAGNITUDE); }
  atomicMax(&amax[index], own);
}`;
}

/** As {@link rowAmaxWgsl} for dW: a thread takes a run of a column of dY, its neighbours the same rows of the next columns. */
export function columnAmaxWgsl(source: GradientSource): string {
  return `${BITS_WGSL}${foldWgsl(source)}${results(source === 'e5m2' ? 3 : 2)}
${MAIN}
  let across = (params.n + ${THREADS - 1}u) / ${THREADS}u;
  let n = (index % across) * ${THREADS}u + lane;
  let first = (index / across) * ${AMAX_RUN}u;
  if (n >= params.n) { return; }
  var own = 0u;
  for (var m = first; m < min(first + ${AMAX_RUN}u, params.m); m++) { own = max(own, folded(m * params.n + n, m) & MAGNITUDE); }
  atomicMax(&amax[n], own);
}`;
}
