import { DECODE_WORD_WGSL } from '../fp4-dequantize/decode-word-wgsl.ts';
import { SUM_BLOCK } from './f32-order.ts';

// A thread computes 8 rows by 8 columns; a workgroup has 4 threads along the rows and 16 along the columns.
const TILE = 8;
const THREADS_X = 16;
const THREADS_Y = 4;

/** Where the second operand comes from: float32, or packed codes `[K, N]` with their scales. */
export type SecondOperand = 'f32' | 'codes';

/** Workgroups for a product `[m, n]`. */
export function f32Grid(m: number, n: number): [number, number] {
  return [Math.ceil(n / (THREADS_X * TILE)), Math.ceil(m / (THREADS_Y * TILE))];
}

function each(line: (index: number) => string): string {
  return Array.from({ length: TILE }, (_, index) => line(index)).join('\n');
}

/** How a thread loads its eight values of B at step k: four to the vector `left`, four to `right`. */
interface SecondOperandWgsl {
  readonly bindings: string;
  /** The thread's first column, from that of its workgroup. */
  readonly firstColumn: string;
  /** How far value c of `left`, `right` is from the first column. */
  readonly offset: (c: number) => number;
  readonly locate: string;
  readonly load: string;
}

// Columns are interleaved, so that neighbouring threads read and write neighbouring values.
const F32: SecondOperandWgsl = {
  bindings: `
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;`,
  firstColumn: 'thread.x',
  offset: (c) => c * THREADS_X,
  locate: each((c) => `  let b${c} = min(col + ${c * THREADS_X}u, params.n - 1u) * params.bColumn;`),
  load: `
    let left = vec4f(${[0, 1, 2, 3].map((c) => `b[b${c} + k * params.bStep]`).join(', ')});
    let right = vec4f(${[4, 5, 6, 7].map((c) => `b[b${c} + k * params.bStep]`).join(', ')});`,
};

// The columns of a thread are those of a word: neighbouring threads read neighbouring words, and each is decoded once.
const CODES: SecondOperandWgsl = {
  bindings: `
@group(0) @binding(1) var<storage, read> codes: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
${DECODE_WORD_WGSL}`,
  firstColumn: `thread.x * ${TILE}u`,
  offset: (c) => (c < 4 ? 2 * c : 2 * (c - 4) + 1),
  locate: `  let word = min(col / ${TILE}u, params.bStep - 1u);`,
  // Twice the value times half the scale: both are exact, so this rounds as value times scale does.
  load: `
    let halfScale = 0.5 * scales[k * params.bColumn];
    let doubled = decodeWord(codes[k * params.bStep + word]);
    let left = vec4f(unpackInt8(doubled.x)) * halfScale;
    let right = vec4f(unpackInt8(doubled.y)) * halfScale;`,
};

/**
 * The shader of `C[m, n] = Σ_k A[m, k] B[k, n]` in float32, in the order of `f32MatMulInOrder`. Element (m, k) of A lies
 * at `m * aRow + k * aStep`; element (k, n) of B at `k * bStep + n * bColumn`. With codes, `bStep` is the words of a row
 * and `bColumn` the stride of the scales.
 */
export function f32Wgsl(second: SecondOperand): string {
  const { bindings, firstColumn, offset, locate, load } = second === 'f32' ? F32 : CODES;
  return `
struct Params { m: u32, n: u32, k: u32, aRow: u32, aStep: u32, bStep: u32, bColumn: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
${bindings}

fn finish(row: u32, col: u32, sum: f32, isFirst: bool) {
  if (row >= params.m || col >= params.n) { return; }
  let at = row * params.n + col;
  if (isFirst) { out[at] = sum; } else { out[at] += sum; }
}

@compute @workgroup_size(${THREADS_X}, ${THREADS_Y})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u) {
  let row = (group.y * ${THREADS_Y}u + thread.y) * ${TILE}u;
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
${each((r) => each((c) => `    finish(row + ${r}u, col + ${offset(c)}u, ${c < 4 ? 'left' : 'right'}${r}[${c % 4}], first == 0u);`))}
  }
}`;
}
