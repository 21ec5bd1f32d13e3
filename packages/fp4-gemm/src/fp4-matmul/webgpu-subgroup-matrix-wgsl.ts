import { DECODE_WORD_WGSL } from '../fp4-dequantize/decode-word-wgsl.ts';
import { MATRIX_THREADS, MATRIX_TILE, stepCodes } from '../webgpu-variants/webgpu-subgroup-matrix-plan.ts';
import type { SubgroupMatrixPlan } from '../webgpu-variants/webgpu-subgroup-matrix-plan.ts';
import { each } from '../wgsl-each.ts';
import { TILE_WGSL } from '../wgsl-grid.ts';
import { productWgsl } from './webgpu-product-wgsl.ts';

/** How a type of factors lies in workgroup memory. */
interface Storage {
  readonly enable: string;
  /** Type of an array element. Offsets and strides of matrices count these. */
  readonly element: 'u32' | 'f16' | 'f32';
  /** Factors in an element. */
  readonly factors: number;
  /** Elements of a row with 16 bytes that nobody reads, so that rows start in different banks. */
  readonly stride: number;
  /** Statements that put the eight factors of `decoded`, even codes first in both operands, to `at` and following. */
  readonly put: (tile: string) => string;
}

function putVectors(type: 'f16' | 'f32') {
  return (tile: string): string => `
      let even = vec4<${type}>(unpackInt8(decoded.x));
      let odd = vec4<${type}>(unpackInt8(decoded.y));
${each(8, (i) => `      ${tile}[at + ${i}u] = ${i < 4 ? 'even' : 'odd'}[${i % 4}];`)}`;
}

const STORAGE: Record<SubgroupMatrixPlan['types'], Storage> = {
  'i8 i32': {
    enable: '',
    element: 'u32',
    factors: 4,
    stride: 20,
    put: (tile) => `${tile}[at] = decoded.x; ${tile}[at + 1u] = decoded.y;`,
  },
  'f16 f32': { enable: 'enable f16;', element: 'f16', factors: 1, stride: 40, put: putVectors('f16') },
  'f32 f32': { enable: '', element: 'f32', factors: 1, stride: 20, put: putVectors('f32') },
};

/**
 * The shader of variant 'subgroup-matrix': a workgroup decodes a tile of each operand to its memory, from where its
 * subgroups load matrices and multiply them. All sums are exact integers, as in every variant.
 *
 * Source: https://dawn.googlesource.com/dawn/+/refs/heads/main/docs/dawn/features/subgroup_matrix.md, with
 * the majorness as a template argument and offsets and strides in array elements, as Dawn has had it since August 2026.
 */
export function subgroupMatrixWgsl(
  { types, M, N, K, down, across }: SubgroupMatrixPlan,
  hasAddend: boolean,
): string {
  const [component, sum] = types.split(' ') as [string, string];
  const { enable, element, factors, stride, put } = STORAGE[types];
  const codes = stepCodes(types);
  const words = codes / 8;
  const [rows, cols] = [MATRIX_TILE / down / M, MATRIX_TILE / across / N];
  const subgroups = down * across;
  const decode = (tile: string, first: string, count: string): string => `
    {
      let at = place / ${words}u * ${stride}u + place % ${words}u * ${8 / factors}u;
      // Rows beyond the end repeat the last one, and are not written; words beyond the end are zero, and add nothing.
      let loaded = ${tile}Codes[min(${first} + place / ${words}u, ${count} - 1u) * params.words + min(word, lastWord)];
      let decoded = decodeWord(select(loaded, 0u, word > lastWord));
      ${put(`${tile}Tile`)}
    }`;
  const load = (side: string, shape: string, major: string, tile: string, row: string): string =>
    `subgroupMatrixLoad<subgroup_matrix_${side}<${component}, ${shape}>, ${major}>(&${tile}Tile, (${row}) * ${stride}u + k, ${stride}u)`;
  return `enable subgroups;
enable chromium_experimental_subgroup_matrix;
${enable}
${productWgsl(hasAddend)}
${DECODE_WORD_WGSL}

var<workgroup> xTile: array<${element}, ${MATRIX_TILE * stride}>;
var<workgroup> wTile: array<${element}, ${MATRIX_TILE * stride}>;
// A matrix of each subgroup.
var<workgroup> sums: array<${sum}, ${subgroups * M * N}>;

@compute @workgroup_size(${MATRIX_THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32,
    @builtin(subgroup_id) subgroup: u32) {
${TILE_WGSL}
  let row = tile.y * ${MATRIX_TILE}u;
  let col = tile.x * ${MATRIX_TILE}u;
  let subgroupRow = subgroup / ${across}u * ${rows * M}u;
  let subgroupCol = subgroup % ${across}u * ${cols * N}u;
  let lastWord = params.words - 1u;
${each(rows, (r) => each(cols, (c) => `  var sum${r}_${c} = subgroup_matrix_result<${sum}, ${N}, ${M}>();`))}
  for (var first = 0u; first < params.words; first += ${words}u) {
    for (var place = thread; place < ${MATRIX_TILE * words}u; place += ${MATRIX_THREADS}u) {
      let word = first + place % ${words}u;
${decode('x', 'row', 'params.m')}
${decode('w', 'col', 'params.n')}
    }
    workgroupBarrier();
    for (var k = 0u; k < ${codes / factors}u; k += ${K / factors}u) {
${each(rows, (r) => `      let x${r} = ${load('left', `${K}, ${M}`, 'row_major', 'x', `subgroupRow + ${r * M}u`)};`)}
${each(cols, (c) => `      let w${c} = ${load('right', `${N}, ${K}`, 'col_major', 'w', `subgroupCol + ${c * N}u`)};`)}
${each(rows, (r) => each(cols, (c) => `      sum${r}_${c} = subgroupMatrixMultiplyAccumulate(x${r}, w${c}, sum${r}_${c});`))}
    }
    workgroupBarrier();
  }
${each(rows, (r) =>
  each(
    cols,
    (c) => `  subgroupMatrixStore<row_major>(&sums, subgroup * ${M * N}u, sum${r}_${c}, ${N}u);
  workgroupBarrier();
  for (var place = thread; place < ${subgroups * M * N}u; place += ${MATRIX_THREADS}u) {
    let owner = place / ${M * N}u;
    finish(row + owner / ${across}u * ${rows * M}u + ${r * M}u + place % ${M * N}u / ${N}u,
      col + owner % ${across}u * ${cols * N}u + ${c * N}u + place % ${N}u, f32(sums[place]));
  }
  workgroupBarrier();`,
  ),
)}
}`;
}
