import { encodeNearestWgsl } from '../fp4-quantize/encode-wgsl.ts';
import { scaleWgsl } from '../fp4-quantize/scale-wgsl.ts';
import { each } from '../wgsl-each.ts';
import { GRID_WIDTH } from '../wgsl-grid.ts';
import type { Fp4QuantizeAllAttrs } from './kernel-name.ts';

const THREADS = 64;
/** Rows that a workgroup quantizes: short ones would leave most of its threads idle. */
export const ROWS = 4;
const LANES = THREADS / ROWS;
/** Rows and columns of a tile that a workgroup transposes. */
export const TILE = 32;

/**
 * One workgroup for each 4 rows of a matrix: amax, scale and codes, as in `Fp4Quantize`; then one for each tile of its transpose.
 * WGSL has no arrays of buffers, so each matrix is spelled out. All share the barriers: a workgroup may not wait in a branch
 * of its own.
 */
export function quantizeAllWgsl(count: number, { scale, transpose }: Fp4QuantizeAllAttrs): string {
  const storage = [
    ...Array.from({ length: count }, (_, k) => `var<storage, read> x${k}: array<u32>;`),
    ...Array.from({ length: count }, (_, k) => [
      `var<storage, read_write> codes${k}: array<u32>;`,
      `var<storage, read_write> scales${k}: array<u32>;`,
      ...(transpose ? [`var<storage, read_write> transposed${k}: array<u32>;`] : []),
    ]).flat(),
    'var<uniform> params: Params;',
  ];
  const arrays = Array.from({ length: count }, (_, k) => `x${k}`);
  return `
struct Params { ${each(count, (k) => `begin${k}: u32, rows${k}: u32, cols${k}: u32, tiles${k}: u32,`)} }
${storage.map((line, binding) => `@group(0) @binding(${binding}) ${line}`).join('\n')}
${scaleWgsl(scale)}
${encodeNearestWgsl(arrays)}
var<workgroup> amax: array<atomic<u32>, ${ROWS}>;
${transpose ? `var<workgroup> tile: array<u32, ${TILE * (TILE + 1)}>;` : ''}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let index = group.y * ${GRID_WIDTH}u + group.x;
  let subrow = lane / ${LANES}u;
  var largest = 0u;
${each(count, (k) => `  {\n    let at = index - params.begin${k};\n${readLines(k, transpose)}\n  }`)}
  // On integers the order of an atomic maximum does not matter.
  if (largest > 0u) { atomicMax(&amax[subrow], largest); }
  workgroupBarrier();
  let rowAmax = atomicLoad(&amax[subrow]);
  let scale = scaleBits(storedScale(rowAmax, 0u), 0u);
  let encoder = encoderFor(select(scale, 0u, isDead(rowAmax, 0u)));
${each(count, (k) => `  {\n    let at = index - params.begin${k};\n${writeLines(k, transpose)}\n  }`)}
}`;
}

/** A matrix's workgroups before the barrier. Those before its own wrap around to large numbers. */
function readLines(k: number, transpose: boolean): string {
  return `    let groups = (params.rows${k} + ${ROWS - 1}u) / ${ROWS}u;
    let row = at * ${ROWS}u + subrow;
    if (at < groups && row < params.rows${k}) {
      let first = row * params.cols${k};
      for (var i = first + lane % ${LANES}u; i < first + params.cols${k}; i += ${LANES}u) {
        largest = max(largest, x${k}[i] & MAGNITUDE);
      }
    }${
      transpose
        ? ` else if (at - groups < params.tiles${k}) {
${tileLines(k)}
      for (var i = lane; i < ${TILE * TILE}u; i += ${THREADS}u) {
        let row = firstRow + i / ${TILE}u;
        let col = firstCol + i % ${TILE}u;
        if (row < params.rows${k} && col < params.cols${k}) {
          tile[(i / ${TILE}u) * ${TILE + 1}u + i % ${TILE}u] = x${k}[row * params.cols${k} + col];
        }
      }
    }`
        : ''
    }`;
}

/** A matrix's workgroups after the barrier. */
function writeLines(k: number, transpose: boolean): string {
  return `    let groups = (params.rows${k} + ${ROWS - 1}u) / ${ROWS}u;
    let row = at * ${ROWS}u + subrow;
    if (at < groups && row < params.rows${k}) {
      if (lane % ${LANES}u == 0u) { scales${k}[row] = scale; }
      let words = (params.cols${k} + 7u) / 8u;
      let first = row * params.cols${k};
      for (var word = lane % ${LANES}u; word < words; word += ${LANES}u) {
        codes${k}[row * words + word] = encodeWord${k}(first + 8u * word, first + params.cols${k}, encoder);
      }
    }${
      transpose
        ? ` else if (at - groups < params.tiles${k}) {
${tileLines(k)}
      for (var i = lane; i < ${TILE * TILE}u; i += ${THREADS}u) {
        let row = firstRow + i % ${TILE}u;
        let col = firstCol + i / ${TILE}u;
        if (row < params.rows${k} && col < params.cols${k}) {
          transposed${k}[col * params.rows${k} + row] = tile[(i % ${TILE}u) * ${TILE + 1}u + i / ${TILE}u];
        }
      }
    }`
        : ''
    }`;
}

function tileLines(k: number): string {
  return `      let across = (params.cols${k} + ${TILE - 1}u) / ${TILE}u;
      let firstRow = ((at - groups) / across) * ${TILE}u;
      let firstCol = ((at - groups) % across) * ${TILE}u;`;
}
