import { DECODE_WGSL } from '../fp4-dequantize/decode-wgsl.ts';

// A thread computes 8 rows by 8 columns; a workgroup has 4 threads along the rows and 16 along the columns, whose columns
// are interleaved so that neighbouring threads write neighbouring values.
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

const SECOND: Record<
  SecondOperand,
  { bindings: string; locate: (c: number) => string; step: string; load: (c: number) => string }
> = {
  f32: {
    bindings: `
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;`,
    locate: (c) => `  let b${c} = min(col + ${c * THREADS_X}u, params.n - 1u) * params.bColumn;`,
    step: '',
    load: (c) => `    let v${c} = b[b${c} + k * params.bStep];`,
  },
  codes: {
    bindings: `
@group(0) @binding(1) var<storage, read> codes: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
${DECODE_WGSL}`,
    locate: (c) => `  let b${c} = min(col + ${c * THREADS_X}u, params.n - 1u);`,
    step: '    let scale = scales[k * params.bColumn];',
    load: (c) =>
      `    let v${c} = decodeValue((codes[k * params.bStep + b${c} / 8u] >> (4u * (b${c} % 8u))) & 15u) * scale;`,
  },
};

/**
 * The shader of `C[m, n] = Σ_k A[m, k] B[k, n]` in float32, each sum in the order of k. Element (m, k) of A lies at
 * `m * aRow + k * aStep`; element (k, n) of B at `k * bStep + n * bColumn`. With codes, `bStep` is the words of a row
 * and `bColumn` the stride of the scales.
 */
export function f32Wgsl(second: SecondOperand): string {
  const { bindings, locate, step, load } = SECOND[second];
  return `
struct Params { m: u32, n: u32, k: u32, aRow: u32, aStep: u32, bStep: u32, bColumn: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
${bindings}

@compute @workgroup_size(${THREADS_X}, ${THREADS_Y})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u) {
  let row = (group.y * ${THREADS_Y}u + thread.y) * ${TILE}u;
  let col = group.x * ${THREADS_X * TILE}u + thread.x;
  // Rows and columns beyond the end compute those at the end once more, and are not written.
${each((r) => `  let a${r} = min(row + ${r}u, params.m - 1u) * params.aRow;`)}
${each(locate)}
${each((r) => `  var left${r} = vec4f(0.0); var right${r} = vec4f(0.0);`)}
  for (var k = 0u; k < params.k; k++) {
${step}
${each(load)}
    let left = vec4f(v0, v1, v2, v3);
    let right = vec4f(v4, v5, v6, v7);
${each((r) => `    let u${r} = a[a${r} + k * params.aStep]; left${r} += u${r} * left; right${r} += u${r} * right;`)}
  }
${each(
  (r) => `  if (row + ${r}u < params.m) {
    let at = (row + ${r}u) * params.n + col;
${each((c) => `    if (col + ${c * THREADS_X}u < params.n) { out[at + ${c * THREADS_X}u] = ${c < 4 ? 'left' : 'right'}${r}[${c % 4}]; }`)}
  }`,
)}
}`;
}
