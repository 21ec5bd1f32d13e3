import { lanesWgsl } from '../webgpu-variants/webgpu-subgroup-size.ts';
import { each } from '../wgsl-each.ts';
import { TILE_WGSL } from '../wgsl-grid.ts';
import {
  decodeFloats,
  FLUSH_STEPS,
  floatSums,
  integerProductWgsl,
  THREAD_COLS,
} from './webgpu-product-wgsl.ts';
import type { IntegerWidth, LeftOperand } from './webgpu-product-wgsl.ts';

// A thread computes 4 rows by the 8 columns of a word; all threads lie along the columns, so they share their rows.
const ROWS = 4;
const THREADS = 32;
// Steps between touching one sum and the next. Every subgroup has a multiple of 4 lanes.
const UNROLL = 4;

/** Rows and columns of a workgroup's tile. */
export const SUBGROUP_TILE_SIZE: readonly [number, number] = [ROWS, THREADS * THREAD_COLS];

/**
 * The shader of variant 'subgroups': each lane loads the integer of another step of a row and splits it, and the lanes
 * take turns to hand theirs round.
 *
 * @param size - lanes of a subgroup, if they are known
 */
export function subgroupWgsl(width: IntegerWidth, left: LeftOperand, size: number | undefined): string {
  const lanes = lanesWgsl(size, THREADS);
  const sums = floatSums(ROWS, width);
  const shuffled = (r: number, u: number): string =>
    sums.parts
      .map(({ name }) => `let a${u}${name} = subgroupShuffle(own${r}${name}, turn + ${u}u);`)
      .join(' ');
  return `enable subgroups;
${integerProductWgsl(left)}
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
${each(ROWS, (r) => `  let factor${r} = factorOf(min(row + ${r}u, params.rows - 1u));`)}
  let lastStep = params.steps - 1u;
${sums.declare}
  for (var start = 0u; start < params.steps; start += ${FLUSH_STEPS}u) {
    let end = min(start + ${FLUSH_STEPS}u, params.steps);
    for (var first = start; first < end; first += ${lanes}) {
      let step = first + lane;
      let own = min(step, lastStep);
      let scale = scaleOf(own);
${each(ROWS, (r) => {
  const split = sums.parts.map(({ name, of }) => `let own${r}${name} = ${of(`own${r}`)};`).join(' ');
  return `      let own${r} = select(integerAt(at${r} + own * params.stepStride, scale, factor${r}), 0, step > lastStep); ${split}`;
})}
      for (var turn = 0u; turn < ${lanes}; turn += ${UNROLL}u) {
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
