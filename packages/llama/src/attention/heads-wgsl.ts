import type { Lanes } from './lanes.ts';
import { WORKGROUP_SIZE } from '../kernel/wgsl.ts';
import { EXP1_WGSL, EXP2_WGSL, EXP4_WGSL } from '../kernel/wgsl-math.ts';
import type { AttentionAttrs } from './kernel.ts';

// What the attention kernels share; they mirror f32-order.ts operation by operation. One thread holds a few neighbouring queries (or, for the gradients
// of keys and values, keys) in registers, one to a lane of a vector, and walks over the others, so that a row is read
// once for all lanes; the threads of a workgroup are neighbours in the same sequence and head, and read the same row
// at the same time. Sizes of heads are constants of the shader, so that the loops over components unroll.

/** Workgroups of 64 threads in x, heads in y, sequences in z. */
export function attentionWorkgroups(
  context: number,
  lanes: Lanes,
  heads: number,
  batch: number,
): [number, number, number] {
  return [Math.ceil(context / (WORKGROUP_SIZE * lanes)), heads, batch];
}

const LANE_NAMES = ['x', 'y', 'z', 'w'];
const FLOATS = { 1: 'f32', 2: 'vec2f', 4: 'vec4f' };
/** WGSL type of one unsigned integer to a lane. */
export const COUNTS: Readonly<Record<Lanes, string>> = { 1: 'u32', 2: 'vec2u', 4: 'vec4u' };
const EXPS = { 1: EXP1_WGSL, 2: EXP2_WGSL, 4: EXP4_WGSL };
/** Name of the WGSL function exp of so many lanes. */
export const EXP_NAMES: Readonly<Record<Lanes, string>> = { 1: 'exp1', 2: 'exp2lanes', 4: 'exp4' };

/** WGSL of one lane of `value`. */
export function lane(value: string, index: number, lanes: Lanes): string {
  return lanes === 1 ? value : `${value}.${LANE_NAMES[index]!}`;
}

/** 0, 1, … one to a lane. */
export function indices(lanes: Lanes): number[] {
  return Array.from({ length: lanes }, (_, i) => i);
}

/** WGSL constants, types and functions of heads in registers; `params` at `binding`: context, scale. */
export function prelude(
  { nHeads, nKvHeads, headDim }: AttentionAttrs,
  lanes: Lanes,
  binding: number,
): string {
  const positions = indices(lanes).map((i) => `first + ${i}u`);
  return `
struct Params { context: u32, scale: f32 }
@group(0) @binding(${binding}) var<uniform> params: Params;
const HEADS = ${nHeads}u;
const GROUP = ${nHeads / nKvHeads}u;
const HEAD_DIM = ${headDim}u;
const VECTORS = ${Math.ceil(headDim / 4)}u;
const ROW = ${(nHeads + 2 * nKvHeads) * headDim}u;
const OUT_ROW = ${nHeads * headDim}u;
const KEYS = ${nHeads * headDim}u;
const VALUES = ${(nHeads + nKvHeads) * headDim}u;
alias Lanes = ${FLOATS[lanes]};
alias Row = array<vec4f, VECTORS>;
alias Head = array<Lanes, 4u * VECTORS>;
${EXPS[lanes]}
fn positionsFrom(first: u32) -> ${COUNTS[lanes]} { return ${COUNTS[lanes]}(${positions.join(', ')}); }
fn dot(head: ptr<function, Head>, row: ptr<function, Row>) -> Lanes {
  var sum = Lanes();
  for (var i = 0u; i < VECTORS; i++) {
    for (var n = 0u; n < 4u; n++) { sum += (*head)[4u * i + n] * (*row)[i][n]; }
  }
  return sum;
}
fn addScaled(head: ptr<function, Head>, factors: Lanes, row: ptr<function, Row>) {
  for (var i = 0u; i < VECTORS; i++) {
    for (var n = 0u; n < 4u; n++) { (*head)[4u * i + n] += factors * (*row)[i][n]; }
  }
}`;
}

/** WGSL: the entry point's head for {@link attentionWorkgroups}; `sequence` is its first row. */
export const MAIN: string = `
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let sequence = group.z * params.context;`;

/** WGSL function `rowOf_BUFFER(at) -> Row` that reads one head. */
export function rowReader(buffer: string): string {
  return `
fn rowOf_${buffer}(at: u32) -> Row {
  var row: Row;
  for (var i = 0u; i < VECTORS; i++) { row[i] = load_${buffer}(at + 4u * i, HEAD_DIM - 4u * i); }
  return row;
}`;
}

/** WGSL function `headsOf_BUFFER(at, stride, count) -> Head`: a head to a lane, `count` of which exist. */
export function headReader(buffer: string, lanes: Lanes): string {
  // A loop that does not unroll: the code of the loads would take software adapters long to compile.
  return `
fn headsOf_${buffer}(at: u32, stride: u32, count: u32) -> Head {
  var heads: Head;
  for (var n = 0u; n < count; n++) {
    let row = rowOf_${buffer}(at + n * stride);
    for (var i = 0u; i < VECTORS; i++) {
      for (var c = 0u; c < 4u; c++) { heads[4u * i + c]${lanes === 1 ? '' : '[n]'} = row[i][c]; }
    }
  }
  return heads;
}`;
}

/** WGSL function `write_BUFFER(heads, factors, at, stride, count)`: each lane times its factor. */
export function headWriter(buffer: string, lanes: Lanes): string {
  const n = lanes === 1 ? '' : '[n]';
  const values = [0, 1, 2, 3].map((c) => `(*heads)[4u * i + ${c}u]${n}`);
  return `
fn write_${buffer}(heads: ptr<function, Head>, factors: Lanes, at: u32, stride: u32, count: u32) {
  for (var n = 0u; n < count; n++) {
    for (var i = 0u; i < VECTORS; i++) {
      let values = vec4f(${values.join(', ')}) * factors${n};
      store_${buffer}(at + n * stride + 4u * i, HEAD_DIM - 4u * i, values);
    }
  }
}`;
}
