import { DECODE_WORD_WGSL } from '../fp4-dequantize/decode-word-wgsl.ts';
import { scaleBindings, scaleFunction } from '../fp4-scales/scales-wgsl.ts';
import { each } from '../wgsl-each.ts';
import { TILE_WGSL } from '../wgsl-grid.ts';

// A thread computes 8 rows by 4 columns; a workgroup has 4 threads along the rows and 16 along the columns, whose
// columns are interleaved so that neighbouring threads write neighbouring values.
const ROWS = 8;
const COLS = 4;
const THREADS_X = 16;
const THREADS_Y = 4;

/** Rows and columns of a workgroup's tile. */
export const BLOCK_TILE_SIZE: readonly [number, number] = [THREADS_Y * ROWS, THREADS_X * COLS];

/** How four int8 pairs are multiplied: by the built-in function, or by int32 arithmetic on every device. */
export type BlockDot = 'dot4I8Packed' | 'unpacked';

const DOT: Record<BlockDot, string> = {
  dot4I8Packed: 'fn dotInt8(a: u32, b: u32) -> i32 { return dot4I8Packed(a, b); }',
  unpacked: `
fn dotInt8(a: u32, b: u32) -> i32 {
  let products = unpackInt8(a) * unpackInt8(b);
  return products.x + products.y + products.z + products.w;
}`,
};

const columns = (term: (c: number) => string): string =>
  Array.from({ length: COLS }, (_, c) => term(c)).join(', ');

/** The shader of `Fp4BlockMatMul`. */
export function blockMatMulWgsl(dot: BlockDot): string {
  const bindings = [
    'var<storage, read> xCodes: array<u32>;',
    ...scaleBindings('x'),
    'var<storage, read> wCodes: array<u32>;',
    ...scaleBindings('w'),
    'var<storage, read_write> y: array<u32>;',
    'var<uniform> params: Params;',
  ];
  return `
struct Params { m: u32, n: u32, words: u32, blockWords: u32, xRowScales: u32, xAccess: u32, wRowScales: u32, wAccess: u32, across: u32, count: u32 }
${bindings.map((line, binding) => `@group(0) @binding(${binding}) ${line}`).join('\n')}
${DECODE_WORD_WGSL}
${DOT[dot]}
${scaleFunction('x')}
${scaleFunction('w')}

@compute @workgroup_size(${THREADS_X}, ${THREADS_Y})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u) {
${TILE_WGSL}
  let row = (tile.y * ${THREADS_Y}u + thread.y) * ${ROWS}u;
  let col = tile.x * ${THREADS_X * COLS}u + thread.x;
  // Rows and columns beyond the end compute those at the end once more, and are not written.
${each(ROWS, (r) => `  let row${r} = min(row + ${r}u, params.m - 1u); let x${r} = row${r} * params.words;`)}
${each(COLS, (c) => `  let col${c} = min(col + ${c * THREADS_X}u, params.n - 1u); let w${c} = col${c} * params.words;`)}
${each(ROWS, (r) => `  var acc${r} = vec4f(0.0);`)}
  // NaN is decided on the bits, a bit for each row and column: WGSL may assume that arithmetic never sees one.
  var badRows = 0u;
  var badCols = 0u;
  var block = 0u;
  for (var first = 0u; first < params.words; first += params.blockWords) {
${each(ROWS, (r) => `    var sum${r} = vec4i(0);`)}
    for (var word = first; word < min(first + params.blockWords, params.words); word++) {
${each(COLS, (c) => `      let b${c} = decodeWord(wCodes[w${c} + word]);`)}
${each(
  ROWS,
  (r) => `      {
        let a = decodeWord(xCodes[x${r} + word]);
        sum${r} += vec4i(${columns((c) => `dotInt8(a.x, b${c}.x) + dotInt8(a.y, b${c}.y)`)});
      }`,
)}
    }
    let sw = vec4u(${columns((c) => `wScale(col${c}, block, params.wRowScales, params.wAccess)`)});
    badCols |= dot(vec4u(sw == vec4u(0x7fc00000u)), vec4u(1u, 2u, 4u, 8u));
${each(
  ROWS,
  (r) => `    {
      let sx = xScale(row${r}, block, params.xRowScales, params.xAccess);
      badRows |= u32(sx == 0x7fc00000u) << ${r}u;
      acc${r} += ((vec4f(sum${r}) * 0.25) * bitcast<f32>(sx)) * bitcast<vec4f>(sw);
    }`,
)}
    block++;
  }
${each(
  ROWS,
  (r) => `  if (row + ${r}u < params.m) {
    let values = bitcast<vec4u>(acc${r});
    let at = (row + ${r}u) * params.n + col;
    let isBad = (badRows & ${1 << r}u) != 0u;
${each(COLS, (c) => `    if (col + ${c * THREADS_X}u < params.n) { y[at + ${c * THREADS_X}u] = select(values[${c}], 0x7fc00000u, isBad || (badCols & ${1 << c}u) != 0u); }`)}
  }`,
)}
}`;
}
