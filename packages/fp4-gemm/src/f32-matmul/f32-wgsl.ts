import { GRID_WIDTH, linearGrid } from '../wgsl-grid.ts';
import { SUM_BLOCK } from './f32-order.ts';

// A thread computes 8 rows by 8 columns; a workgroup has 4 threads along the rows and 16 along the columns.
const TILE = 8;
const THREADS_X = 16;
const THREADS_Y = 4;

/** Workgroups for a product `[m, n]`: rows of tiles take two dimensions where one does not suffice. */
export function f32Grid(m: number, n: number): [number, number, number] {
  const [down, planes] = linearGrid(Math.ceil(m / (THREADS_Y * TILE)));
  return [Math.ceil(n / (THREADS_X * TILE)), down, planes];
}

function each(line: (index: number) => string): string {
  return Array.from({ length: TILE }, (_, index) => line(index)).join('\n');
}

/** How a thread loads its eight values of B at step k: four to the vector `left`, four to `right`. */
export interface SecondOperandWgsl {
  /** Its bindings, from 1 on. */
  readonly bindings: readonly string[];
  /** Members of `params` that it adds. */
  readonly params: string;
  readonly functions: string;
  /** The thread's first column, from that of its workgroup. */
  readonly firstColumn: string;
  /** How far value c of `left` and then `right` is from the first column. */
  readonly offset: string;
  readonly locate: string;
  readonly load: string;
  /** Whether the thread's columns are NaN: WGSL may assume that arithmetic never sees one. */
  readonly isNan: string;
}

/** B is float32. Columns are interleaved, so that neighbouring threads read and write neighbouring values. */
export const F32_OPERAND: SecondOperandWgsl = {
  bindings: ['var<storage, read> b: array<f32>;'],
  params: '',
  functions: '',
  firstColumn: 'thread.x',
  offset: `c * ${THREADS_X}u`,
  locate: each((c) => `  let b${c} = min(col + ${c * THREADS_X}u, params.n - 1u) * params.bColumn;`),
  load: `
    let left = vec4f(${[0, 1, 2, 3].map((c) => `b[b${c} + k * params.bStep]`).join(', ')});
    let right = vec4f(${[4, 5, 6, 7].map((c) => `b[b${c} + k * params.bStep]`).join(', ')});`,
  isNan: 'false',
};

/**
 * The shader of `C[m, n] = Σ_k A[m, k] B[k, n]` in float32, in the order of `f32MatMulInOrder`. Element (m, k) of A lies
 * at `m * aRow + k * aStep`; element (k, n) of a float32 B at `k * bStep + n * bColumn`.
 */
export function f32Wgsl(second: SecondOperandWgsl): string {
  const { params, functions, firstColumn, offset, locate, load, isNan } = second;
  const bindings = [
    'var<storage, read> a: array<f32>;',
    ...second.bindings,
    'var<storage, read_write> out: array<u32>;',
    'var<uniform> params: Params;',
  ];
  return `
struct Params { m: u32, n: u32, k: u32, aRow: u32, aStep: u32, bStep: u32, bColumn: u32${params} }
${bindings.map((line, binding) => `@group(0) @binding(${binding}) ${line}`).join('\n')}
${functions}

// A loop, since some compilers take minutes for 64 stores one after the other.
fn finishRow(row: u32, col: u32, left: vec4f, right: vec4f, isFirst: bool, isNan: bool) {
  if (row >= params.m) { return; }
  var sums = array<f32, ${TILE}>(left.x, left.y, left.z, left.w, right.x, right.y, right.z, right.w);
  for (var c = 0u; c < ${TILE}u; c++) {
    let column = col + ${offset};
    if (column >= params.n) { continue; }
    let at = row * params.n + column;
    var total = sums[c];
    if (!isFirst) { total += bitcast<f32>(out[at]); }
    out[at] = select(bitcast<u32>(total), 0x7fc00000u, isNan);
  }
}

@compute @workgroup_size(${THREADS_X}, ${THREADS_Y})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u) {
  let row = ((group.z * ${GRID_WIDTH}u + group.y) * ${THREADS_Y}u + thread.y) * ${TILE}u;
  let col = group.x * ${THREADS_X * TILE}u + ${firstColumn};
  // Rows and columns beyond the end compute those at the end once more, and are not written.
${each((r) => `  let a${r} = min(row + ${r}u, params.m - 1u) * params.aRow;`)}
${locate}
  // The sums of earlier blocks wait in the output: registers are for one block.
  for (var first = 0u; first < params.k; first += ${SUM_BLOCK}u) {
${each((r) => `    var left${r} = vec4f(0.0); var right${r} = vec4f(0.0);`)}
    for (var k = first; k < min(first + ${SUM_BLOCK}u, params.k); k++) {
${load}
${each((r) => `    let u${r} = a[a${r} + k * params.aStep]; left${r} += u${r} * left; right${r} += u${r} * right;`)}
    }
${each((r) => `    finishRow(row + ${r}u, col, left${r}, right${r}, first == 0u, ${isNan});`)}
  }
}`;
}
