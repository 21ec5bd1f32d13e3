import { each } from '../wgsl-each.ts';
import { TILE_WGSL } from '../wgsl-grid.ts';
import {
  decodeFloats,
  FLUSH_STEPS,
  floatSums,
  INTEGER_PRODUCT_WGSL,
  THREAD_COLS,
} from './webgpu-product-wgsl.ts';
import type { IntegerWidth } from './webgpu-product-wgsl.ts';

// A thread computes 4 rows by the 8 columns of a word; all threads lie along the columns, so they share their rows.
const ROWS = 4;
const THREADS = 32;
// Steps between touching one sum and the next. Every subgroup has a multiple of 4 lanes.
const UNROLL = 4;

/** Rows and columns of a workgroup's tile. */
export const SUBGROUP_TILE_SIZE: readonly [number, number] = [ROWS, THREADS * THREAD_COLS];

/**
 * The shader of variant 'subgroups': each lane loads the integer of another step of a row and splits it, and the lanes
 * take turns to hand theirs round, at any subgroup size.
 */
export function subgroupWgsl(width: IntegerWidth): string {
  const sums = floatSums(ROWS, width);
  const shuffled = (r: number, u: number): string =>
    sums.parts
      .map(({ name }) => `let a${u}${name} = subgroupShuffle(own${r}${name}, turn + ${u}u);`)
      .join(' ');
  return `enable subgroups;
${INTEGER_PRODUCT_WGSL}
${sums.functions}

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32,
    @builtin(subgroup_invocation_id) lane: u32, @builtin(subgroup_size) subgroupSize: u32) {
${TILE_WGSL}
  let row = tile.y * ${ROWS}u;
  // Rows and words beyond the end compute those at the end once more, and are not written.
  let col = (tile.x * ${THREADS}u + thread) * ${THREAD_COLS}u;
  let word = min(tile.x * ${THREADS}u + thread, params.words - 1u);
${each(ROWS, (r) => `  let at${r} = min(row + ${r}u, params.rows - 1u) * params.rowStride;`)}
  // A subgroup may be larger than the workgroup; lanes that do not exist hold nothing.
  let lanes = min(subgroupSize, ${THREADS}u);
  let lastStep = params.steps - 1u;
${sums.declare}
  for (var start = 0u; start < params.steps; start += ${FLUSH_STEPS}u) {
    let end = min(start + ${FLUSH_STEPS}u, params.steps);
    for (var first = start; first < end; first += lanes) {
      let step = first + lane;
      let own = min(step, lastStep) * params.stepStride;
${each(ROWS, (r) => {
  const split = sums.parts.map(({ name, of }) => `let own${r}${name} = ${of(`own${r}`)};`).join(' ');
  return `      let own${r} = select(values[at${r} + own], 0, step > lastStep); ${split}`;
})}
      for (var turn = 0u; turn < min(lanes, end - first); turn += ${UNROLL}u) {
${each(UNROLL, (u) => decodeFloats(`b${u}_`, `codes[min(first + turn + ${u}u, lastStep) * params.words + word]`))}
${each(
  ROWS,
  (r) => `        {
${each(UNROLL, (u) => `          ${shuffled(r, u)}`)}
${each(THREAD_COLS, (c) => each(UNROLL, (u) => `          ${sums.add(r, c, `a${u}`, `b${u}_${c}`)}`))}
        }`,
)}
      }
    }
${sums.flush}
  }
${sums.store}
}`;
}
