import type { WebGpuVariant } from '../webgpu-variants/webgpu-variant.ts';
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

// A thread computes 4 rows by the 8 columns of a word; a workgroup has 4 threads along the rows and 16 along the columns,
// and brings its rows into workgroup memory by stages of 32 steps, split into the parts that are multiplied.
const ROWS = 4;
const THREADS_X = 16;
const THREADS_Y = 4;
const THREADS = THREADS_X * THREADS_Y;
const TILE_ROWS = ROWS * THREADS_Y;
const STAGE = 32;

/** Rows and columns of a workgroup's tile. */
export const TILE_SIZE: readonly [number, number] = [TILE_ROWS, THREADS_X * THREAD_COLS];

/** How a variant stages the integers of a row, and multiplies them. */
interface Staged {
  readonly functions: string;
  /** Workgroup memory. */
  readonly memory: string;
  /** Integers that go to memory at once: neighbours along the steps. */
  readonly group: number;
  /** Puts the integers `v0`, `v1`, ... at index `slot`. */
  readonly put: string;
  readonly declare: string;
  /** Multiplies a stage from `first`; workgroup memory of a row begins at `thread.y * ROWS * STAGE / group`. */
  readonly multiply: string;
  readonly flush: string;
  readonly store: string;
}

function floatStaged(width: IntegerWidth): Staged {
  const sums = floatSums(ROWS, width);
  return {
    functions: sums.functions,
    memory: sums.parts
      .map(({ name }) => `var<workgroup> staged${name}: array<f32, ${TILE_ROWS * STAGE}>;`)
      .join('\n'),
    group: 1,
    put: sums.parts.map(({ name, of }) => `staged${name}[slot] = ${of('v0')};`).join(' '),
    declare: sums.declare,
    multiply: `
    for (var turn = 0u; turn < ${STAGE}u; turn++) {
${decodeFloats('b', 'codes[min(first + turn, lastStep) * params.words + word]')}
${each(ROWS, (r) => {
  const slot = `thread.y * ${ROWS * STAGE}u + ${r * STAGE}u + turn`;
  return `      { ${sums.parts.map(({ name }) => `let a${name} = staged${name}[${slot}];`).join(' ')}
${each(THREAD_COLS, (c) => `        ${sums.add(r, c, 'a', `b${c}`)}`)} }`;
})}
    }`,
    flush: `    if ((first + ${STAGE}u) % ${FLUSH_STEPS}u == 0u || first + ${STAGE}u >= params.steps) {\n${sums.flush}\n    }`,
    store: sums.store,
  };
}

const DOT = {
  dot4I8Packed: 'fn dotInt8(a: u32, b: u32) -> i32 { return dot4I8Packed(a, b); }',
  unpacked: `
fn dotInt8(a: u32, b: u32) -> i32 {
  let products = unpackInt8(a) * unpackInt8(b);
  return products.x + products.y + products.z + products.w;
}`,
};

// A value is d2 65536 + d1 256 + d0 with digits of int8: d0 is the lowest byte as int8, and what is left carries.
const DIGITS = `
fn packBytes(v: vec4i) -> u32 {
  let bytes = vec4u(v) & vec4u(255u);
  return bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (bytes.w << 24u);
}

// Byte i of each of four words, for i = 0 to 3.
fn transpose(a: u32, b: u32, c: u32, d: u32) -> vec4u {
  let abEven = (a & 0x00ff00ffu) | ((b & 0x00ff00ffu) << 8u);
  let abOdd = ((a >> 8u) & 0x00ff00ffu) | (b & 0xff00ff00u);
  let cdEven = (c & 0x00ff00ffu) | ((d & 0x00ff00ffu) << 8u);
  let cdOdd = ((c >> 8u) & 0x00ff00ffu) | (d & 0xff00ff00u);
  return vec4u((abEven & 0xffffu) | (cdEven << 16u), (abOdd & 0xffffu) | (cdOdd << 16u),
    (abEven >> 16u) | (cdEven & 0xffff0000u), (abOdd >> 16u) | (cdOdd & 0xffff0000u));
}`;

function integerStaged(variant: 'dot4I8Packed' | 'unpacked', width: IntegerWidth): Staged {
  const digits = width === 'fixed24' ? [0, 1, 2] : [0];
  const sums = (r: number, c: number): string => digits.map((digit) => `sum${digit}_${r}_${c}`).join(', ');
  const put = digits.map(
    (digit) =>
      `staged${digit}[slot] = packBytes(rest);${digit < digits.length - 1 ? ' rest = (rest + 128) >> vec4u(8u);' : ''}`,
  );
  return {
    functions: `${DOT[variant]}${DIGITS}`,
    memory: digits
      .map((digit) => `var<workgroup> staged${digit}: array<u32, ${(TILE_ROWS * STAGE) / 4}>;`)
      .join('\n'),
    group: 4,
    put: `var rest = vec4i(v0, v1, v2, v3); ${put.join(' ')}`,
    declare: each(ROWS, (r) =>
      each(THREAD_COLS, (c) => digits.map((digit) => `  var sum${digit}_${r}_${c} = 0;`).join('')),
    ),
    multiply: `
    for (var turn = 0u; turn < ${STAGE / 4}u; turn++) {
${each(4, (u) => `      let word${u} = decodeWord(codes[min(first + 4u * turn + ${u}u, lastStep) * params.words + word]);`)}
      let even = transpose(word0.x, word1.x, word2.x, word3.x);
      let odd = transpose(word0.y, word1.y, word2.y, word3.y);
${each(ROWS, (r) => {
  const slot = `thread.y * ${(ROWS * STAGE) / 4}u + ${(r * STAGE) / 4}u + turn`;
  return digits
    .map(
      (digit) => `      { let a = staged${digit}[${slot}];
${each(THREAD_COLS, (c) => `        sum${digit}_${r}_${c} += dotInt8(a, ${c % 2 === 0 ? 'even' : 'odd'}[${c >> 1}]);`)} }`,
    )
    .join('\n');
})}
    }`,
    flush: '',
    store: each(ROWS, (r) =>
      each(
        THREAD_COLS,
        (c) =>
          `  ${digits.length === 3 ? 'storeDigits' : 'storeWhole'}(row + ${r}u, col + ${c}u, ${sums(r, c)});`,
      ),
    ),
  };
}

/**
 * The shader of a variant that stages the rows of a workgroup in its memory. `isTransposed`: rows rather than steps are
 * neighbours in the buffer, and so in the threads that load them.
 */
export function tileWgsl(
  variant: Exclude<WebGpuVariant, 'subgroups' | 'subgroup-matrix' | 'shader-f16'>,
  width: IntegerWidth,
  left: LeftOperand,
  isTransposed: boolean,
): string {
  const staged = variant === 'f32' ? floatStaged(width) : integerStaged(variant, width);
  const groups = STAGE / staged.group;
  const [groupOf, rowOf] = isTransposed
    ? [`item / ${TILE_ROWS}u`, `item % ${TILE_ROWS}u`]
    : [`item % ${groups}u`, `item / ${groups}u`];
  return `
${integerProductWgsl(left)}
${staged.functions}
${staged.memory}

fn valueAt(row: u32, step: u32) -> i32 {
  if (row >= params.rows || step >= params.steps) { return 0; }
  return integerAt(row * params.rowStride + step * params.stepStride, scaleOf(step), factorOf(row));
}

@compute @workgroup_size(${THREADS_X}, ${THREADS_Y})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u,
    @builtin(local_invocation_index) index: u32) {
${TILE_WGSL}
  let row = tile.y * ${TILE_ROWS}u + thread.y * ${ROWS}u;
  // Words beyond the end compute the last once more, and are not written.
  let col = (tile.x * ${THREADS_X}u + thread.x) * ${THREAD_COLS}u;
  let word = min(tile.x * ${THREADS_X}u + thread.x, params.words - 1u);
  let lastStep = params.steps - 1u;
${staged.declare}
  for (var first = 0u; first < params.steps; first += ${STAGE}u) {
    workgroupBarrier();
    for (var item = index; item < ${TILE_ROWS * groups}u; item += ${THREADS}u) {
      let step = first + (${groupOf}) * ${staged.group}u;
      let stagedRow = ${rowOf};
      let slot = stagedRow * ${groups}u + ${groupOf};
${each(staged.group, (i) => `      let v${i} = valueAt(tile.y * ${TILE_ROWS}u + stagedRow, step + ${i}u);`)}
      ${staged.put}
    }
    workgroupBarrier();
${staged.multiply}
${staged.flush}
  }
${staged.store}
}`;
}
