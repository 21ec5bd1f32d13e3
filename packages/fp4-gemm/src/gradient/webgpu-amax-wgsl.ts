import { each } from '../wgsl-each.ts';
import { GRID_WIDTH } from '../wgsl-grid.ts';
import type { GradientProduct } from './fold.ts';
import { E5M2_WGSL } from './webgpu-e5m2-wgsl.ts';
import { BITS_WGSL, foldWgsl, partsWgsl, THREADS } from './webgpu-fold-wgsl.ts';
import type { GradientProducts } from './webgpu-fold-wgsl.ts';

/** Elements that a thread of {@link tensorAmaxWgsl} looks at, and rows of dY that one does for the columns of dW. */
const AMAX_RUN = 64;

/** Rows of dY, or columns in runs of 64, that a thread looks at together, so that they share the scale of a step. */
const TOGETHER = 4;

// The results must be zero before. The bits of magnitudes order like integers, so the largest is the same in whatever order
// threads meet.
const AMAX = '<storage, read_write> amax: array<atomic<u32>>';

const MAIN = `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let index = group.y * ${GRID_WIDTH}u + group.x;`;

/** Workgroups of {@link tensorAmaxWgsl}. */
export function tensorAmaxWorkgroups(m: number, n: number): number {
  return Math.ceil((m * n) / (THREADS * AMAX_RUN));
}

/**
 * The largest magnitude in the tensor as bits: of dY itself, or, folded with the scales of each product, one for each of them.
 */
export function tensorAmaxWgsl(products: GradientProducts, isFolded: boolean): string {
  const step = { dx: 'at % params.n', dw: 'at / params.n' };
  const magnitudes = isFolded
    ? products.map((product) => `fold(x[at], ${product}Scale(${step[product]})) & MAGNITUDE`)
    : ['x[at] & MAGNITUDE'];
  const eachAmax = (line: (magnitude: string, index: number) => string): string =>
    magnitudes.map(line).join('\n');
  return `${BITS_WGSL}${foldWgsl(products, [AMAX])}
${eachAmax((_, i) => `var<workgroup> largest${i}: atomic<u32>;`)}
${MAIN}
${eachAmax((_, i) => `  var own${i} = 0u;`)}
  for (var turn = 0u; turn < ${AMAX_RUN}u; turn++) {
    let at = (index * ${AMAX_RUN}u + turn) * ${THREADS}u + lane;
    if (at < params.m * params.n) {
${eachAmax((magnitude, i) => `      own${i} = max(own${i}, ${magnitude});`)}
    }
  }
${eachAmax((_, i) => `  atomicMax(&largest${i}, own${i});`)}
  workgroupBarrier();
  if (lane == 0u) {
${eachAmax((_, i) => `    atomicMax(&amax[${i}], atomicLoad(&largest${i}));`)}
  }
}`;
}

/** Workgroups of {@link rowAmaxWgsl} that find the rows of a product. */
export function rowAmaxWorkgroups(product: GradientProduct, m: number, n: number): number {
  return product === 'dx'
    ? Math.ceil(m / TOGETHER)
    : Math.ceil(n / (THREADS * TOGETHER)) * Math.ceil(m / AMAX_RUN);
}

/**
 * The largest folded magnitude of each row of the products as bits. With 'e5m2', dY is rounded first, under amax[0], and the
 * part of the first product writes it.
 */
export function rowAmaxWgsl(products: GradientProducts, source: 'f32' | 'e5m2'): string {
  const isRounded = source === 'e5m2';
  const values = '<storage, read_write> values: array<u32>';
  const parts = products.map((product, i) => PARTS[product](isRounded, isRounded && i === 0));
  return `${BITS_WGSL}${foldWgsl(products, isRounded ? [values, AMAX] : [AMAX])}
${isRounded ? E5M2_WGSL : ''}
${parts.join('\n')}
${MAIN}
${isRounded ? '  tensorAmax = atomicLoad(&amax[0]);' : ''}
${partsWgsl(products)}
}`;
}

const PARTS: Readonly<Record<GradientProduct, (isRounded: boolean, isWritten: boolean) => string>> = {
  dx: rowsWgsl,
  dw: columnsWgsl,
};

/** A workgroup takes four rows of dY. */
function rowsWgsl(isRounded: boolean, isWritten: boolean): string {
  return `
fn dxPart(index: u32, lane: u32) {
  let row = index * ${TOGETHER}u;
  if (row >= params.m) { return; }
  // Rows beyond the end look at the last once more.
${each(TOGETHER, (i) => `  let row${i} = min(row + ${i}u, params.m - 1u); var own${i} = 0u;`)}
  for (var n = lane; n < params.n; n += ${THREADS}u) {
    let scale = dxScale(n);
${each(TOGETHER, (i) => element(i, `row${i} * params.n + n`, `row + ${i}u < params.m`, isRounded, isWritten))}
  }
${each(TOGETHER, (i) => `  atomicMax(&amax[params.dxFirst + row${i}], own${i});`)}
}`;
}

/** A thread takes a run of four columns of dY, its neighbours the same rows of the next columns. */
function columnsWgsl(isRounded: boolean, isWritten: boolean): string {
  return `
fn dwPart(index: u32, lane: u32) {
  let across = (params.n + ${THREADS * TOGETHER - 1}u) / ${THREADS * TOGETHER}u;
  let n = (index % across) * ${THREADS * TOGETHER}u + lane;
  let first = (index / across) * ${AMAX_RUN}u;
  if (first >= params.m) { return; }
  // Columns beyond the end look at the last once more.
${each(TOGETHER, (i) => `  let n${i} = min(n + ${i * THREADS}u, params.n - 1u); var own${i} = 0u;`)}
  for (var m = first; m < min(first + ${AMAX_RUN}u, params.m); m++) {
    let scale = dwScale(m);
${each(TOGETHER, (i) => element(i, `m * params.n + n${i}`, `n + ${i * THREADS}u < params.n`, isRounded, isWritten))}
  }
${each(TOGETHER, (i) => `  atomicMax(&amax[params.dwFirst + n${i}], own${i});`)}
}`;
}

/** The lines for one element of a step: at `at` in dY, to be written where `isInside`. */
function element(i: number, at: string, isInside: string, isRounded: boolean, isWritten: boolean): string {
  const write = isWritten ? ` if (${isInside}) { values[at${i}] = g${i}; }` : '';
  return `    let at${i} = ${at}; let g${i} = ${isRounded ? `rounded(x[at${i}])` : `x[at${i}]`};${write}
    own${i} = max(own${i}, fold(g${i}, scale) & MAGNITUDE);`;
}
