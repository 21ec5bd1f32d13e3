import { each } from '../wgsl-each.ts';
import { GRID_WIDTH, linearGrid } from '../wgsl-grid.ts';
import { SUM_BLOCK } from './f32-order.ts';

// A thread computes 16 rows by 4 columns; all threads of a workgroup lie along the columns, interleaved, and share their rows.
const ROWS = 16;
const COLS = 4;
const THREADS = 32;
// Steps between touching one sum and the next.
const UNROLL = 4;

/** Workgroups for a product `[m, n]`, as `f32Grid`. */
export function f32SubgroupGrid(m: number, n: number): [number, number, number] {
  const [down, planes] = linearGrid(Math.ceil(m / ROWS));
  return [Math.ceil(n / (THREADS * COLS)), down, planes];
}

function eachSum(line: (sum: string, r: number, c: number) => string): string {
  return each(ROWS, (r) => each(COLS, (c) => line(`sum${r}_${c}`, r, c)));
}

/** Statements that add `count` steps from `turn` on to the sums; the lane `turn` has the first one's values of A. */
function addSteps(count: number): string {
  return `
${each(count, (u) =>
  each(COLS, (c) => `        let b${u}_${c} = b[b${c} + (first + turn + ${u}u) * params.bStep];`),
)}
${each(
  ROWS,
  (r) => `        {
${each(count, (u) => `          let a${u} = subgroupShuffle(own${r}, turn + ${u}u);`)}
${each(COLS, (c) => each(count, (u) => `          sum${r}_${c} += a${u} * b${u}_${c};`))}
        }`,
)}`;
}

/**
 * The shader of `f32Wgsl` for subgroups of a known size that divides 384: each lane loads the values of A at another step, and the
 * lanes take turns to hand theirs round. The operations on each sum, and so the bits, are the same.
 */
export function f32SubgroupWgsl(size: number): string {
  return `enable subgroups;
struct Params { m: u32, n: u32, k: u32, aRow: u32, aStep: u32, bStep: u32, bColumn: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

fn store(row: u32, col: u32, total: f32) {
  if (row < params.m && col < params.n) { out[row * params.n + col] = total; }
}

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32,
    @builtin(subgroup_invocation_id) lane: u32) {
  let row = (group.z * ${GRID_WIDTH}u + group.y) * ${ROWS}u;
  let col = group.x * ${THREADS * COLS}u + thread;
  // Rows and columns beyond the end compute those at the end once more, and are not written.
${each(ROWS, (r) => `  let a${r} = min(row + ${r}u, params.m - 1u) * params.aRow;`)}
${each(COLS, (c) => `  let b${c} = min(col + ${c * THREADS}u, params.n - 1u) * params.bColumn;`)}
${eachSum((sum) => `  var total_${sum} = 0.0;`)}
  for (var start = 0u; start < params.k; start += ${SUM_BLOCK}u) {
${eachSum((sum) => `    var ${sum} = 0.0;`)}
    let end = min(start + ${SUM_BLOCK}u, params.k);
    for (var first = start; first < end; first += ${size}u) {
      let own = min(first + lane, params.k - 1u) * params.aStep;
${each(ROWS, (r) => `      let own${r} = a[a${r} + own];`)}
      if (first + ${size}u <= end) {
        for (var turn = 0u; turn < ${size}u; turn += ${UNROLL}u) {
${addSteps(UNROLL)}
        }
      } else {
        for (var turn = 0u; turn < end - first; turn++) {
${addSteps(1)}
        }
      }
    }
    // The first block counts as it is: adding it to zero would lose the sign of a zero.
${eachSum((sum) => `    total_${sum} = select(total_${sum} + ${sum}, ${sum}, start == 0u);`)}
  }
${eachSum((sum, r, c) => `  store(row + ${r}u, col + ${c * THREADS}u, total_${sum});`)}
}`;
}
