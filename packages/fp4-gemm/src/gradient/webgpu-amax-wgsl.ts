import { each } from '../wgsl-each.ts';
import { GRID_WIDTH } from '../wgsl-grid.ts';
import type { GradientProduct } from './fold.ts';
import { BITS_WGSL, foldWgsl } from './webgpu-fold-wgsl.ts';
import type { GradientSource } from './webgpu-fold-wgsl.ts';

const THREADS = 64;

/** Elements that a thread of {@link tensorAmaxWgsl} looks at, and rows of dY that one of
 * {@link columnAmaxWgsl} does. */
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

/** Rows of dY, or columns in runs of 64, that a thread looks at together, so that they share the scale of a step. */
const TOGETHER = 4;

/** Workgroups of {@link rowAmaxWgsl}, for dX, or {@link columnAmaxWgsl}, for dW. */
export function rowAmaxWorkgroups(product: GradientProduct, m: number, n: number): number {
  return product === 'dx'
    ? Math.ceil(m / TOGETHER)
    : Math.ceil(n / (THREADS * TOGETHER)) * Math.ceil(m / AMAX_RUN);
}

/** The largest folded magnitude of each row of the product as bits: for dX a workgroup takes four rows of dY. */
export function rowAmaxWgsl(source: GradientSource): string {
  return `${BITS_WGSL}${foldWgsl(source)}${results(source === 'e5m2' ? 3 : 2)}
${MAIN}
  let row = index * ${TOGETHER}u;
  if (row >= params.m) { return; }
  // Rows beyond the end look at the last once more.
${each(TOGETHER, (i) => `  let row${i} = min(row + ${i}u, params.m - 1u); var own${i} = 0u;`)}
  for (var n = lane; n < params.n; n += ${THREADS}u) {
    let scale = scaleOf(n);
${each(TOGETHER, (i) => `    own${i} = max(own${i}, foldedBy(row${i} * params.n + n, scale) & MAGNITUDE);`)}
  }
${each(TOGETHER, (i) => `  atomicMax(&amax[row${i}], own${i});`)}
}`;
}

/** As {@link rowAmaxWgsl} for dW: a thread takes a run of four columns of dY, its neighbours the same rows of the next columns. */
export function columnAmaxWgsl(source: GradientSource): string {
  return `${BITS_WGSL}${foldWgsl(source)}${results(source === 'e5m2' ? 3 : 2)}
${MAIN}
  let across = (params.n + ${THREADS * TOGETHER - 1}u) / ${THREADS * TOGETHER}u;
  let n = (index % across) * ${THREADS * TOGETHER}u + lane;
  let first = (index / across) * ${AMAX_RUN}u;
  // Columns beyond the end look at the last once more.
${each(TOGETHER, (i) => `  let n${i} = min(n + ${i * THREADS}u, params.n - 1u); var own${i} = 0u;`)}
  for (var m = first; m < min(first + ${AMAX_RUN}u, params.m); m++) {
    let scale = scaleOf(m);
${each(TOGETHER, (i) => `    own${i} = max(own${i}, foldedBy(m * params.n + n${i}, scale) & MAGNITUDE);`)}
  }
${each(TOGETHER, (i) => `  atomicMax(&amax[n${i}], own${i});`)}
}`;
}
