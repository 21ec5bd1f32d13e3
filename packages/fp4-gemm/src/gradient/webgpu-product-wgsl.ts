import { DECODE_WORD_WGSL } from '../fp4-dequantize/decode-word-wgsl.ts';
import { each } from '../wgsl-each.ts';
import { BITS_WGSL } from './webgpu-fold-wgsl.ts';

/**
 * How wide the integers of the left operand are: `fixed24` of up to 24 bits, `int8` of 8. A sum of float32 products is
 * kept for the upper and lower 12 bits each, or in one piece.
 */
export type IntegerWidth = 'fixed24' | 'int8';

/**
 * Steps after which float32 sums go into int32 ones: 256 · 4095 · 12 < 2^24, so they are exact until then. A multiple of
 * the lanes of any subgroup, and of the steps of a stage.
 */
export const FLUSH_STEPS = 256;

/** Columns of a thread: those of a word. */
export const THREAD_COLS = 8;

/**
 * What a product reads: `integers` made before, with their units, or the `gradient` itself, which it rounds to fixed point
 * as it goes, with the largest magnitude of each row.
 */
export type LeftOperand = 'integers' | 'gradient';

const INTEGERS = `
@group(0) @binding(0) var<storage, read> values: array<i32>;
@group(0) @binding(1) var<storage, read> units: array<u32>;
@group(0) @binding(2) var<storage, read> codes: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<u32>;
@group(0) @binding(4) var<uniform> params: Params;

fn unitOf(row: u32) -> u32 { return units[params.firstRow + row]; }
fn factorOf(row: u32) -> f32 { return 1.0; }
fn scaleOf(step: u32) -> f32 { return 1.0; }
fn integerAt(at: u32, scale: f32, factor: f32) -> i32 { return values[at]; }`;

// Mirrors fixedPointRows. A row of zeros has the factor 0; one that is not finite has integers that mean nothing.
const GRADIENT = `
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> scales: array<f32>;
@group(0) @binding(2) var<storage, read> amax: array<u32>;
@group(0) @binding(3) var<storage, read> codes: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<u32>;
@group(0) @binding(5) var<uniform> params: Params;
${BITS_WGSL}

fn unitOf(row: u32) -> u32 {
  let largest = amax[params.firstRow + row];
  let unit = (((largest + 0x20000u) >> 23u) - 23u) << 23u;
  return select(select(unit, 0u, largest < MIN_AMAX_BITS), NAN_BITS, largest >= INFINITY_BITS);
}
fn factorOf(row: u32) -> f32 {
  let largest = amax[params.firstRow + row];
  let factor = (276u - ((largest + 0x20000u) >> 23u)) << 23u;
  return bitcast<f32>(select(factor, 0u, largest < MIN_AMAX_BITS || largest >= INFINITY_BITS));
}
fn scaleOf(step: u32) -> f32 { return scales[step * params.scaleStride]; }
fn integerAt(at: u32, scale: f32, factor: f32) -> i32 { return i32(round((dy[at] * scale) * factor)); }`;

/**
 * Bindings, and how a sum becomes a value: as `integerProduct` rounds it. Element (row, step) of the left operand lies at
 * `row * rowStride + step * stepStride`.
 */
export function integerProductWgsl(left: LeftOperand): string {
  return `
struct Params {
  rows: u32, cols: u32, steps: u32, words: u32, rowStride: u32, stepStride: u32, across: u32, count: u32,
  scaleStride: u32, firstRow: u32
}
${left === 'integers' ? INTEGERS : GRADIENT}
${DECODE_WORD_WGSL}
${STORE_WGSL}`;
}

const STORE_WGSL = `
// high 65536 + low is the sum, 0 <= low < 65536. The product is exact, so a fused multiply-add gives the same.
fn store(row: u32, col: u32, high: i32, low: i32) {
  if (row >= params.rows || col >= params.cols) { return; }
  let unit = unitOf(row);
  let value = (f32(high) * 65536.0 + f32(low)) * bitcast<f32>(unit);
  out[row * params.cols + col] = select(bitcast<u32>(value), 0x7fc00000u, (unit & 0x7fffffffu) > 0x7f800000u);
}

// The sum fits an int32.
fn storeWhole(row: u32, col: u32, sum: i32) { store(row, col, sum >> 16u, sum & 65535); }

// The sum is s2 65536 + s1 256 + s0.
fn storeDigits(row: u32, col: u32, s0: i32, s1: i32, s2: i32) {
  let carried = s1 + (s0 >> 8u);
  store(row, col, s2 + (carried >> 8u), ((carried & 255) << 8u) | (s0 & 255));
}`;

/** WGSL that decodes a word to the eight float32 `name0` to `name7`, twice the values of its codes. */
export function decodeFloats(name: string, word: string): string {
  return `
    let ${name}Word = decodeWord(${word});
    let ${name}Even = vec4f(unpackInt8(${name}Word.x));
    let ${name}Odd = vec4f(unpackInt8(${name}Word.y));
${each(8, (c) => `    let ${name}${c} = ${name}${c % 2 === 0 ? 'Even' : 'Odd'}[${c >> 1}];`)}`;
}

/** Sums of a thread's tile in float32, which go into int32 ones before they could round. */
export interface FloatSums {
  /** Names of the parts that an integer is split into, and how. */
  readonly parts: readonly { readonly name: string; readonly of: (value: string) => string }[];
  /** What `flush` calls. */
  readonly functions: string;
  readonly declare: string;
  /** Adds the parts of `left` times `right` to the sum of row r and column c. */
  readonly add: (r: number, c: number, left: string, right: string) => string;
  readonly flush: string;
  /** `row` and `col` name the first of each in the shader. */
  readonly store: string;
}

/** {@link FloatSums} of `rows` rows and eight columns. */
export function floatSums(rows: number, width: IntegerWidth): FloatSums {
  return width === 'fixed24' ? splitSums(rows) : wholeSums(rows);
}

function eachSum(rows: number, line: (sum: string, r: number, c: number) => string): string {
  return each(rows, (r) => each(THREAD_COLS, (c) => line(`${r}_${c}`, r, c)));
}

/** Totals are kept as high 65536 + low with 0 <= low < 65536: the longest sums are beyond 2^31 times 4096. */
function splitSums(rows: number): FloatSums {
  return {
    parts: [
      { name: 'Upper', of: (value) => `f32(${value} >> 12u)` },
      { name: 'Lower', of: (value) => `f32(${value} & 4095)` },
    ],
    functions: `
fn addTo(total: vec2i, upperSum: f32, lowerSum: f32) -> vec2i {
  let lower = i32(lowerSum);
  let upper = i32(upperSum) + (lower >> 12u);
  let low = total.y + (((upper & 15) << 12u) | (lower & 4095));
  return vec2i(total.x + (upper >> 4u) + (low >> 16u), low & 65535);
}`,
    declare: eachSum(
      rows,
      (sum) => `  var upper${sum} = 0.0; var lower${sum} = 0.0; var total${sum} = vec2i();`,
    ),
    add: (r, c, left, right) =>
      `upper${r}_${c} += ${left}Upper * ${right}; lower${r}_${c} += ${left}Lower * ${right};`,
    flush: eachSum(
      rows,
      (sum) =>
        `    total${sum} = addTo(total${sum}, upper${sum}, lower${sum}); upper${sum} = 0.0; lower${sum} = 0.0;`,
    ),
    store: eachSum(rows, (sum, r, c) => `  store(row + ${r}u, col + ${c}u, total${sum}.x, total${sum}.y);`),
  };
}

function wholeSums(rows: number): FloatSums {
  return {
    parts: [{ name: 'Whole', of: (value) => `f32(${value})` }],
    functions: '',
    declare: eachSum(rows, (sum) => `  var whole${sum} = 0.0; var total${sum} = 0;`),
    add: (r, c, left, right) => `whole${r}_${c} += ${left}Whole * ${right};`,
    flush: eachSum(rows, (sum) => `    total${sum} += i32(whole${sum}); whole${sum} = 0.0;`),
    store: eachSum(rows, (sum, r, c) => `  storeWhole(row + ${r}u, col + ${c}u, total${sum});`),
  };
}
