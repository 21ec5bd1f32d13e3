import { lanesWgsl, subgroupThreads } from '../webgpu-variants/webgpu-subgroup-size.ts';
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

const THREADS = 32;

/** How many rows a thread computes, by the 8 columns of a word; all threads lie along the columns and share their rows. */
function threadRows(size: number | undefined): number {
  // Subgroups this small are SIMD registers of a processor, whose sums live in the cache anyway: the fewer loads win.
  return size !== undefined && size <= 8 ? 8 : 4;
}

/** Rows and columns of a workgroup's tile. */
export function subgroupTileSize(size: number | undefined): readonly [number, number] {
  return [threadRows(size), subgroupThreads(size, THREADS) * THREAD_COLS];
}

/**
 * The shader of variant 'subgroups': each lane loads the integer of another step of a row and splits it, and the lanes
 * take turns to hand theirs round.
 *
 * @param size - lanes of a subgroup, if they are known
 */
export function subgroupWgsl(width: IntegerWidth, left: LeftOperand, size: number | undefined): string {
  const threads = subgroupThreads(size, THREADS);
  const lanes = lanesWgsl(size, threads);
  const rows = threadRows(size);
  // Steps between touching one sum and the next; every subgroup has a multiple of 4 lanes.
  const unroll = size === 8 ? 8 : 4;
  const sums = floatSums(rows, width);
  const shuffled = (r: number, u: number): string =>
    sums.parts
      .map(({ name }) => `let a${u}${name} = subgroupShuffle(own${r}${name}, turn + ${u}u);`)
      .join(' ');
  return `enable subgroups;
${integerProductWgsl(left)}
${sums.functions}

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32,
    @builtin(subgroup_invocation_id) lane: u32, @builtin(subgroup_size) subgroupSize: u32) {
${TILE_WGSL}
  let row = tile.y * ${rows}u;
  // Rows and words beyond the end compute those at the end once more, and are not written.
  let col = (tile.x * ${threads}u + thread) * ${THREAD_COLS}u;
  let word = min(tile.x * ${threads}u + thread, params.words - 1u);
${each(rows, (r) => `  let at${r} = min(row + ${r}u, params.rows - 1u) * params.rowStride;`)}
${each(rows, (r) => `  let factor${r} = factorOf(min(row + ${r}u, params.rows - 1u));`)}
  let lastStep = params.steps - 1u;
${sums.declare}
  for (var start = 0u; start < params.steps; start += ${FLUSH_STEPS}u) {
    let end = min(start + ${FLUSH_STEPS}u, params.steps);
    for (var first = start; first < end; first += ${lanes}) {
      let step = first + lane;
      let own = min(step, lastStep);
      let scale = scaleOf(own);
${each(rows, (r) => {
  const split = sums.parts.map(({ name, of }) => `let own${r}${name} = ${of(`own${r}`)};`).join(' ');
  return `      let own${r} = select(integerAt(at${r} + own * params.stepStride, scale, factor${r}), 0, step > lastStep); ${split}`;
})}
      for (var turn = 0u; turn < ${lanes}; turn += ${unroll}u) {
${each(unroll, (u) => decodeFloats(`b${u}_`, `codes[min(first + turn + ${u}u, lastStep) * params.words + word]`))}
${each(
  rows,
  (r) => `        {
${each(unroll, (u) => `          ${shuffled(r, u)}`)}
${each(THREAD_COLS, (c) => each(unroll, (u) => `          ${sums.add(r, c, `a${u}`, `b${u}_${c}`)}`))}
        }`,
)}
      }
    }
${sums.flush}
  }
${sums.store}
}`;
}
