import { DECODE_WORD_WGSL } from '../fp4-dequantize/decode-word-wgsl.ts';
import { lanesWgsl, subgroupThreads } from '../webgpu-variants/webgpu-subgroup-size.ts';
import { each } from '../wgsl-each.ts';
import { TILE_WGSL } from '../wgsl-grid.ts';
import { FINISHED_COLS, productWgsl } from './webgpu-product-wgsl.ts';

const COLS = FINISHED_COLS;
const THREADS = 64;

/** How many rows a thread computes, by 4 columns; all threads of a workgroup lie along the columns and share their rows. */
export function subgroupRows(size: number | undefined, m: number): 8 | 16 {
  // Subgroups this small are SIMD registers of a processor, whose sums live in the cache anyway: the fewer loads win.
  return size !== undefined && size <= 8 && m > 8 ? 16 : 8;
}

/** Rows and columns of a workgroup's tile. */
export function subgroupTileSize(size: number | undefined, rows: number): readonly [number, number] {
  return [rows, subgroupThreads(size, THREADS) * COLS];
}

// The even codes of a word come first, then the odd ones, in both operands.
function decode(name: string, word: string): string {
  return `
    let ${name}Word = decodeWord(${word});
    let ${name}Even = vec4f(unpackInt8(${name}Word.x));
    let ${name}Odd = vec4f(unpackInt8(${name}Word.y));`;
}

function element(name: string, index: number): string {
  return `${name}${index < 4 ? 'Even' : 'Odd'}[${index % 4}]`;
}

/**
 * The shader of variant 'subgroups': each lane loads and decodes another word of a row, and the lanes take turns to hand
 * theirs round. A word of X is loaded and decoded once per subgroup rather than once per thread.
 *
 * @param size - lanes of a subgroup, if they are known
 * @param rows - as `subgroupRows` says
 */
export function subgroupWgsl(size: number | undefined, rows: number, hasAddend: boolean): string {
  const threads = subgroupThreads(size, THREADS);
  const lanes = lanesWgsl(size, threads);
  return `enable subgroups;
${productWgsl(hasAddend)}
${DECODE_WORD_WGSL}

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32,
    @builtin(subgroup_invocation_id) lane: u32, @builtin(subgroup_size) subgroupSize: u32) {
${TILE_WGSL}
  let row = tile.y * ${rows}u;
  let col = tile.x * ${threads * COLS}u + thread;
  let lastWord = params.words - 1u;
  // Rows and columns beyond the end compute those at the end once more, and are not written.
${each(rows, (r) => `  let x${r} = min(row + ${r}u, params.m - 1u) * params.words;`)}
${each(COLS, (c) => `  let w${c} = min(col + ${c * threads}u, params.n - 1u) * params.words;`)}
${each(rows, (r) => each(COLS, (c) => `  var sum${r}_${c} = 0.0;`))}
  for (var first = 0u; first < params.words; first += ${lanes}) {
    // A zero word beyond the end, which adds nothing.
    let isBeyond = first + lane > lastWord;
    let own = min(first + lane, lastWord);
${each(rows, (r) => decode(`x${r}`, `select(xCodes[x${r} + own], 0u, isBeyond)`))}
    for (var turn = 0u; turn < ${lanes}; turn++) {
${each(COLS, (c) => decode(`b${c}`, `wCodes[w${c} + min(first + turn, lastWord)]`))}
${each(
  rows,
  (r) => `    {
${each(8, (i) => `      let a${i} = subgroupShuffle(${element(`x${r}`, i)}, turn);`)}
${each(COLS, (c) => each(8, (i) => `      sum${r}_${c} += a${i} * ${element(`b${c}`, i)};`))}
    }`,
)}
    }
  }
${each(rows, (r) => `  finishRow(row + ${r}u, col, ${threads}u, vec4f(sum${r}_0, sum${r}_1, sum${r}_2, sum${r}_3));`)}
}`;
}
