import { DECODE_WORD_WGSL } from '../fp4-dequantize/decode-word-wgsl.ts';
import type { WebGpuVariant } from '../webgpu-variants/webgpu-variant.ts';
import { each } from '../wgsl-each.ts';
import { TILE_WGSL } from '../wgsl-grid.ts';
import { FINISHED_COLS, productWgsl } from './webgpu-product-wgsl.ts';

// A thread computes 8 rows by 4 columns; a workgroup has 4 threads along the rows and 16 along the columns, whose
// columns are interleaved so that neighbouring threads write neighbouring values.
const ROWS = 8;
const COLS = FINISHED_COLS;
const THREADS_X = 16;
const THREADS_Y = 4;

/** Rows and columns of a workgroup's tile. */
export const TILE_SIZE: readonly [number, number] = [THREADS_Y * ROWS, THREADS_X * COLS];

/** How a variant holds eight decoded codes, and how it multiplies those of a row by those of four columns. */
interface Arithmetic {
  readonly enable: string;
  readonly functions: string;
  /** Statements that decode the word `word` to names that start with `name`. */
  readonly decode: (name: string, word: string) => string;
  /** Statements before the rows, once per step. */
  readonly prepare: string;
  /** Statements that add the products of the decoded row `a` to the sums of row r. */
  readonly multiply: (r: number) => string;
  /** Type of a row's four sums. */
  readonly sums: string;
}

const INTEGER: Omit<Arithmetic, 'functions'> = {
  enable: '',
  decode: (name, word) => `let ${name} = decodeWord(${word});`,
  prepare: '',
  multiply: (r) =>
    `sum${r} += vec4i(${each(COLS, (c) => `dotInt8(a.x, b${c}.x) + dotInt8(a.y, b${c}.y)${c < 3 ? ',' : ''}`)});`,
  sums: 'vec4i',
};

/** The variants whose threads share nothing. */
export type TileVariant = Exclude<WebGpuVariant, 'subgroups' | 'subgroup-matrix'>;

const ARITHMETIC: Record<TileVariant, Arithmetic> = {
  dot4I8Packed: {
    ...INTEGER,
    functions: 'fn dotInt8(a: u32, b: u32) -> i32 { return dot4I8Packed(a, b); }',
  },
  unpacked: {
    ...INTEGER,
    functions: `
fn dotInt8(a: u32, b: u32) -> i32 {
  let products = unpackInt8(a) * unpackInt8(b);
  return products.x + products.y + products.z + products.w;
}`,
  },
  // A column at a time stays in its accumulator for eight products.
  f32: {
    enable: '',
    functions: '',
    decode: (name, word) => `
      let ${name}Word = decodeWord(${word});
      let ${name}Even = vec4f(unpackInt8(${name}Word.x));
      let ${name}Odd = vec4f(unpackInt8(${name}Word.y));`,
    prepare: '',
    multiply: (r) =>
      each(COLS, (c) => each(8, (i) => `sum${r}[${c}] += ${element('a', i)} * ${element(`b${c}`, i)};`)),
    sums: 'vec4f',
  },
  // |sum| <= 8 * 144 < 2^11, up to where float16 holds every integer.
  'shader-f16': {
    enable: 'enable f16;',
    functions: '',
    decode: (name, word) => `
      let ${name}Word = decodeWord(${word});
      let ${name}Even = vec4h(unpackInt8(${name}Word.x));
      let ${name}Odd = vec4h(unpackInt8(${name}Word.y));`,
    prepare: each(8, (i) =>
      each(
        2,
        (p) => `let pair${p}_${i} = vec2h(${element(`b${2 * p}`, i)}, ${element(`b${2 * p + 1}`, i)});`,
      ),
    ),
    multiply: (r) => `
      var left = vec2h(); var right = vec2h();
${each(8, (i) => `      left += ${element('a', i)} * pair0_${i}; right += ${element('a', i)} * pair1_${i};`)}
      sum${r} += vec4f(vec4h(left, right));`,
    sums: 'vec4f',
  },
};

function element(name: string, index: number): string {
  return `${name}${index < 4 ? 'Even' : 'Odd'}[${index % 4}]`;
}

/** The shader of a variant that keeps a tile of sums in each thread's registers and shares nothing. */
export function tileWgsl(variant: TileVariant, hasAddend: boolean): string {
  const { enable, functions, decode, prepare, multiply, sums } = ARITHMETIC[variant];
  return `${enable}
${productWgsl(hasAddend)}
${DECODE_WORD_WGSL}
${functions}

@compute @workgroup_size(${THREADS_X}, ${THREADS_Y})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u) {
${TILE_WGSL}
  let row = (tile.y * ${THREADS_Y}u + thread.y) * ${ROWS}u;
  let col = tile.x * ${THREADS_X * COLS}u + thread.x;
  // Rows and columns beyond the end compute those at the end once more, and are not written.
${each(ROWS, (r) => `  let x${r} = min(row + ${r}u, params.m - 1u) * params.words;`)}
${each(COLS, (c) => `  let w${c} = min(col + ${c * THREADS_X}u, params.n - 1u) * params.words;`)}
${each(ROWS, (r) => `  var sum${r} = ${sums}();`)}
  for (var word = 0u; word < params.words; word++) {
${each(COLS, (c) => `    ${decode(`b${c}`, `wCodes[w${c} + word]`)}`)}
    ${prepare}
${each(ROWS, (r) => `    {\n      ${decode('a', `xCodes[x${r} + word]`)}\n${multiply(r)}\n    }`)}
  }
${each(ROWS, (r) => `  finishRow(row + ${r}u, col, ${THREADS_X}u, vec4f(sum${r}));`)}
}`;
}
