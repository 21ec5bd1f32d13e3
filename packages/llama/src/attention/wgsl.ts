import type { Lanes } from './lanes.ts';
import { rowAccess, rowElement, WORKGROUP_SIZE } from '../kernel/wgsl.ts';
import { EXP1_WGSL, EXP2_WGSL, EXP4_WGSL, LOG1_WGSL } from '../kernel/wgsl-math.ts';
import type { AttentionAttrs } from './kernel.ts';

// These mirror f32-order.ts operation by operation. One thread holds a few neighbouring queries (or, for the gradients
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
const COUNTS = { 1: 'u32', 2: 'vec2u', 4: 'vec4u' };
const EXPS = { 1: EXP1_WGSL, 2: EXP2_WGSL, 4: EXP4_WGSL };
const EXP_NAMES = { 1: 'exp1', 2: 'exp2lanes', 4: 'exp4' };

function lane(value: string, index: number, lanes: Lanes): string {
  return lanes === 1 ? value : `${value}.${LANE_NAMES[index]!}`;
}

function indices(lanes: Lanes): number[] {
  return Array.from({ length: lanes }, (_, i) => i);
}

function prelude({ nHeads, nKvHeads, headDim }: AttentionAttrs, lanes: Lanes, binding: number): string {
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

const MAIN = `
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let sequence = group.z * params.context;`;

/** WGSL function `rowOf_BUFFER(at) -> Row` that reads one head. */
function rowReader(buffer: string): string {
  return `
fn rowOf_${buffer}(at: u32) -> Row {
  var row: Row;
  for (var i = 0u; i < VECTORS; i++) { row[i] = load_${buffer}(at + 4u * i, HEAD_DIM - 4u * i); }
  return row;
}`;
}

/** WGSL function `headsOf_BUFFER(at, stride, count) -> Head`: a head to a lane, `count` of which exist. */
function headReader(buffer: string, lanes: Lanes): string {
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
function headWriter(buffer: string, lanes: Lanes): string {
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

/** Input qkv; outputs attended, logSumExp. The scores are computed twice: for the greatest, and for the weights. */
export function attentionWgsl(attrs: AttentionAttrs, lanes: Lanes): string {
  const aligned = attrs.headDim % 4 === 0;
  const element = rowElement(aligned);
  const logs = indices(lanes).map((i) => {
    const value = `${lane('greatest', i, lanes)} + log1(${lane('sum', i, lanes)})`;
    return `if (${i}u < count) { logSumExp[(sequence + first + ${i}u) * HEADS + head] = ${value}; }`;
  });
  return `
@group(0) @binding(0) var<storage, read> qkv: array<${element}>;
@group(0) @binding(1) var<storage, read_write> attended: array<${element}>;
@group(0) @binding(2) var<storage, read_write> logSumExp: array<f32>;
${rowAccess(aligned, ['qkv'], ['attended'])}
${prelude(attrs, lanes, 3)}
${LOG1_WGSL}
${rowReader('qkv')}
${headReader('qkv', lanes)}
${headWriter('attended', lanes)}
${MAIN}
  let head = group.y;
  let first = (group.x * ${WORKGROUP_SIZE}u + local) * ${lanes}u;
  if (first >= params.context) { return; }
  let count = min(${lanes}u, params.context - first);
  let t = positionsFrom(first);
  var query = headsOf_qkv((sequence + first) * ROW + head * HEAD_DIM, ROW, count);
  for (var d = 0u; d < 4u * VECTORS; d++) { query[d] *= params.scale; }
  let keys = sequence * ROW + KEYS + head / GROUP * HEAD_DIM;
  let values = sequence * ROW + VALUES + head / GROUP * HEAD_DIM;
  var greatest = Lanes(-1.0e30);
  for (var j = 0u; j < first + count; j++) {
    var key = rowOf_qkv(keys + j * ROW);
    let scores = dot(&query, &key);
    greatest = select(greatest, max(greatest, scores), t >= ${COUNTS[lanes]}(j));
  }
  var result: Head;
  // Four interleaved sums, turned by one with every key; keys beyond the last, up to a multiple of four, weigh 0.
  var sums: array<Lanes, 4>;
  for (var j = 0u; j < ((first + count + 3u) & ~3u); j++) {
    let at = min(j, params.context - 1u) * ROW;
    var key = rowOf_qkv(keys + at);
    let weights = select(Lanes(), ${EXP_NAMES[lanes]}(dot(&query, &key) - greatest), t >= ${COUNTS[lanes]}(j));
    let next = sums[0] + weights;
    sums[0] = sums[1];
    sums[1] = sums[2];
    sums[2] = sums[3];
    sums[3] = next;
    var value = rowOf_qkv(values + at);
    addScaled(&result, weights, &value);
  }
  let sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  ${logs.join('\n  ')}
  write_attended(&result, 1.0 / sum, (sequence + first) * OUT_ROW + head * HEAD_DIM, OUT_ROW, count);
}`;
}

/** Inputs dy, qkv, attended, logSumExp; outputs dqkv (query part), delta [M, heads]. */
export function attentionDqWgsl(attrs: AttentionAttrs, lanes: Lanes): string {
  const aligned = attrs.headDim % 4 === 0;
  const element = rowElement(aligned);
  const logs = indices(lanes).map((i) => `logSumExp[at + min(${i}u, count - 1u) * HEADS]`);
  const deltas = indices(lanes).map(
    (i) => `if (${i}u < count) { delta[at + ${i}u * HEADS] = ${lane('rowDelta', i, lanes)}; }`,
  );
  return `
@group(0) @binding(0) var<storage, read> dy: array<${element}>;
@group(0) @binding(1) var<storage, read> qkv: array<${element}>;
@group(0) @binding(2) var<storage, read> attended: array<${element}>;
@group(0) @binding(3) var<storage, read> logSumExp: array<f32>;
@group(0) @binding(4) var<storage, read_write> dqkv: array<${element}>;
@group(0) @binding(5) var<storage, read_write> delta: array<f32>;
${rowAccess(aligned, ['dy', 'qkv', 'attended'], ['dqkv'])}
${prelude(attrs, lanes, 6)}
${rowReader('qkv')}
${rowReader('dy')}
${rowReader('attended')}
${headReader('qkv', lanes)}
${headReader('dy', lanes)}
${headReader('attended', lanes)}
${headWriter('dqkv', lanes)}
${MAIN}
  let head = group.y;
  let first = (group.x * ${WORKGROUP_SIZE}u + local) * ${lanes}u;
  if (first >= params.context) { return; }
  let count = min(${lanes}u, params.context - first);
  let t = positionsFrom(first);
  let at = (sequence + first) * HEADS + head;
  let queryAt = (sequence + first) * ROW + head * HEAD_DIM;
  var query = headsOf_qkv(queryAt, ROW, count);
  for (var d = 0u; d < 4u * VECTORS; d++) { query[d] *= params.scale; }
  var dOut = headsOf_dy(at * HEAD_DIM, OUT_ROW, count);
  let out = headsOf_attended(at * HEAD_DIM, OUT_ROW, count);
  var rowDelta = Lanes();
  for (var d = 0u; d < 4u * VECTORS; d++) { rowDelta += dOut[d] * out[d]; }
  ${deltas.join('\n  ')}
  let lse = Lanes(${logs.join(', ')});
  let keys = sequence * ROW + KEYS + head / GROUP * HEAD_DIM;
  let values = sequence * ROW + VALUES + head / GROUP * HEAD_DIM;
  var dQuery: Head;
  for (var j = 0u; j < first + count; j++) {
    var key = rowOf_qkv(keys + j * ROW);
    var value = rowOf_qkv(values + j * ROW);
    let probability = select(Lanes(), ${EXP_NAMES[lanes]}(dot(&query, &key) - lse), t >= ${COUNTS[lanes]}(j));
    addScaled(&dQuery, probability * (dot(&dOut, &value) - rowDelta), &key);
  }
  write_dqkv(&dQuery, Lanes(params.scale), queryAt, ROW, count);
}`;
}

/** Inputs dy, qkv, logSumExp, delta; output dqkv (key and value parts). */
export function attentionDkvWgsl(attrs: AttentionAttrs, lanes: Lanes): string {
  const aligned = attrs.headDim % 4 === 0;
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> dy: array<${element}>;
@group(0) @binding(1) var<storage, read> qkv: array<${element}>;
@group(0) @binding(2) var<storage, read> logSumExp: array<f32>;
@group(0) @binding(3) var<storage, read> delta: array<f32>;
@group(0) @binding(4) var<storage, read_write> dqkv: array<${element}>;
${rowAccess(aligned, ['dy', 'qkv'], ['dqkv'])}
${prelude(attrs, lanes, 5)}
${rowReader('qkv')}
${rowReader('dy')}
${headReader('qkv', lanes)}
${headWriter('dqkv', lanes)}
${MAIN}
  let kvHead = group.y;
  let thread = group.x * ${WORKGROUP_SIZE}u + local;
  let first = thread * ${lanes}u;
  if (first >= params.context) { return; }
  let count = min(${lanes}u, params.context - first);
  let j = positionsFrom(first);
  let keyAt = (sequence + first) * ROW + KEYS + kvHead * HEAD_DIM;
  let valueAt = (sequence + first) * ROW + VALUES + kvHead * HEAD_DIM;
  var key = headsOf_qkv(keyAt, ROW, count);
  var value = headsOf_qkv(valueAt, ROW, count);
  var dKey: Head;
  var dValue: Head;
  // Eight neighbouring threads start at the same query, to read the same rows.
  let start = (thread & ~7u) * ${lanes}u;
  for (var head = kvHead * GROUP; head < (kvHead + 1u) * GROUP; head++) {
    for (var t = start; t < params.context; t++) {
      let at = (sequence + t) * HEADS + head;
      var query = rowOf_qkv((sequence + t) * ROW + head * HEAD_DIM);
      for (var i = 0u; i < VECTORS; i++) { query[i] *= params.scale; }
      var dOut = rowOf_dy(at * HEAD_DIM);
      let scores = dot(&key, &query);
      let probability = select(Lanes(), ${EXP_NAMES[lanes]}(scores - logSumExp[at]), j <= ${COUNTS[lanes]}(t));
      addScaled(&dValue, probability, &dOut);
      addScaled(&dKey, probability * (dot(&value, &dOut) - delta[at]), &query);
    }
  }
  write_dqkv(&dKey, Lanes(1.0), keyAt, ROW, count);
  write_dqkv(&dValue, Lanes(1.0), valueAt, ROW, count);
}`;
}
