import { rowAccess, rowElement, WORKGROUP_SIZE } from '../kernel/wgsl.ts';
import type { AttentionAttrs } from './kernel.ts';

// One thread holds one query (or, for the gradients of keys and values, one key) in registers and walks over the
// others; the threads of a workgroup are neighbours in the same sequence and head, so that they read the same row at
// the same time. Sizes of heads are constants of the shader, so that the loops over components unroll.

/** Workgroups of 64 positions in x, heads in y, sequences in z. */
export function attentionWorkgroups(context: number, heads: number, batch: number): [number, number, number] {
  return [Math.ceil(context / WORKGROUP_SIZE), heads, batch];
}

function constants({ nHeads, nKvHeads, headDim }: AttentionAttrs, binding: number): string {
  return `
struct Params { context: u32 }
@group(0) @binding(${binding}) var<uniform> params: Params;
const HEADS = ${nHeads}u;
const GROUP = ${nHeads / nKvHeads}u;
const HEAD_DIM = ${headDim}u;
const VECTORS = ${Math.ceil(headDim / 4)}u;
const ROW = ${(nHeads + 2 * nKvHeads) * headDim}u;
const KEYS = ${nHeads * headDim}u;
const VALUES = ${(nHeads + nKvHeads) * headDim}u;
const SCALE = ${Math.fround(1 / Math.sqrt(headDim))}f;
alias Head = array<vec4f, VECTORS>;`;
}

const MAIN = `
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let sequence = group.z * params.context;`;

/** WGSL function `NAME(at) -> Head` that reads the components of one head of a buffer. */
function headLoader(name: string, buffer: string): string {
  return `
fn ${name}(at: u32) -> Head {
  var values: Head;
  for (var i = 0u; i < VECTORS; i++) { values[i] = load_${buffer}(at + 4u * i, HEAD_DIM - 4u * i); }
  return values;
}`;
}

/** WGSL function `NAME(head, at) -> f32`: the inner product of a head in registers and one in a buffer. */
function dotWith(name: string, buffer: string): string {
  return `
fn ${name}(head: ptr<function, Head>, at: u32) -> f32 {
  var sum = vec4f();
  for (var i = 0u; i < VECTORS; i++) { sum += (*head)[i] * load_${buffer}(at + 4u * i, HEAD_DIM - 4u * i); }
  return (sum.x + sum.y) + (sum.z + sum.w);
}`;
}

/** Input qkv; outputs attended, logSumExp. One query per thread, online softmax over the keys. */
export function attentionWgsl(attrs: AttentionAttrs): string {
  const aligned = attrs.headDim % 4 === 0;
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> qkv: array<${element}>;
@group(0) @binding(1) var<storage, read_write> attended: array<${element}>;
@group(0) @binding(2) var<storage, read_write> logSumExp: array<f32>;
${constants(attrs, 3)}
${rowAccess(aligned, ['qkv'], ['attended'])}
${headLoader('headOf', 'qkv')}
${dotWith('dotQkv', 'qkv')}
${MAIN}
  let head = group.y;
  let t = group.x * ${WORKGROUP_SIZE}u + local;
  if (t >= params.context) { return; }
  var query = headOf((sequence + t) * ROW + head * HEAD_DIM);
  let keys = sequence * ROW + KEYS + head / GROUP * HEAD_DIM;
  let values = sequence * ROW + VALUES + head / GROUP * HEAD_DIM;
  var result: Head;
  var greatest = -1.0e30;
  var sum = 0.0;
  for (var j = 0u; j <= t; j++) {
    let score = dotQkv(&query, keys + j * ROW) * SCALE;
    let before = greatest;
    greatest = max(greatest, score);
    let shrink = exp(before - greatest);
    let weight = exp(score - greatest);
    sum = sum * shrink + weight;
    for (var i = 0u; i < VECTORS; i++) {
      result[i] = result[i] * shrink + weight * load_qkv(values + j * ROW + 4u * i, HEAD_DIM - 4u * i);
    }
  }
  logSumExp[(sequence + t) * HEADS + head] = greatest + log(sum);
  let to = ((sequence + t) * HEADS + head) * HEAD_DIM;
  for (var i = 0u; i < VECTORS; i++) {
    store_attended(to + 4u * i, HEAD_DIM - 4u * i, result[i] * (1.0 / sum));
  }
}`;
}

/** Inputs dy, qkv, attended, logSumExp; outputs dqkv (query part), delta [M, heads]. One query per thread. */
export function attentionDqWgsl(attrs: AttentionAttrs): string {
  const aligned = attrs.headDim % 4 === 0;
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> dy: array<${element}>;
@group(0) @binding(1) var<storage, read> qkv: array<${element}>;
@group(0) @binding(2) var<storage, read> attended: array<${element}>;
@group(0) @binding(3) var<storage, read> logSumExp: array<f32>;
@group(0) @binding(4) var<storage, read_write> dqkv: array<${element}>;
@group(0) @binding(5) var<storage, read_write> delta: array<f32>;
${constants(attrs, 6)}
${rowAccess(aligned, ['dy', 'qkv', 'attended'], ['dqkv'])}
${headLoader('headOfQkv', 'qkv')}
${headLoader('headOfDy', 'dy')}
${dotWith('dotQkv', 'qkv')}
${dotWith('dotAttended', 'attended')}
${MAIN}
  let head = group.y;
  let t = group.x * ${WORKGROUP_SIZE}u + local;
  if (t >= params.context) { return; }
  let at = (sequence + t) * HEADS + head;
  let queryAt = (sequence + t) * ROW + head * HEAD_DIM;
  var query = headOfQkv(queryAt);
  var dOut = headOfDy(at * HEAD_DIM);
  let keys = sequence * ROW + KEYS + head / GROUP * HEAD_DIM;
  let values = sequence * ROW + VALUES + head / GROUP * HEAD_DIM;
  let rowDelta = dotAttended(&dOut, at * HEAD_DIM);
  delta[at] = rowDelta;
  let lse = logSumExp[at];
  var dQuery: Head;
  for (var j = 0u; j <= t; j++) {
    let probability = exp(dotQkv(&query, keys + j * ROW) * SCALE - lse);
    let dScore = probability * (dotQkv(&dOut, values + j * ROW) - rowDelta);
    for (var i = 0u; i < VECTORS; i++) {
      dQuery[i] += dScore * load_qkv(keys + j * ROW + 4u * i, HEAD_DIM - 4u * i);
    }
  }
  for (var i = 0u; i < VECTORS; i++) { store_dqkv(queryAt + 4u * i, HEAD_DIM - 4u * i, dQuery[i] * SCALE); }
}`;
}

/** Inputs dy, qkv, logSumExp, delta; output dqkv (key and value parts). One key and its value per thread. */
export function attentionDkvWgsl(attrs: AttentionAttrs): string {
  const aligned = attrs.headDim % 4 === 0;
  const element = rowElement(aligned);
  return `
@group(0) @binding(0) var<storage, read> dy: array<${element}>;
@group(0) @binding(1) var<storage, read> qkv: array<${element}>;
@group(0) @binding(2) var<storage, read> logSumExp: array<f32>;
@group(0) @binding(3) var<storage, read> delta: array<f32>;
@group(0) @binding(4) var<storage, read_write> dqkv: array<${element}>;
${constants(attrs, 5)}
${rowAccess(aligned, ['dy', 'qkv'], ['dqkv'])}
${headLoader('headOf', 'qkv')}
${dotWith('dotQkv', 'qkv')}
${dotWith('dotDy', 'dy')}
${MAIN}
  let kvHead = group.y;
  let firstKey = group.x * ${WORKGROUP_SIZE}u;
  let j = firstKey + local;
  if (j >= params.context) { return; }
  let keyAt = (sequence + j) * ROW + KEYS + kvHead * HEAD_DIM;
  let valueAt = (sequence + j) * ROW + VALUES + kvHead * HEAD_DIM;
  var key = headOf(keyAt);
  var value = headOf(valueAt);
  var dKey: Head;
  var dValue: Head;
  for (var head = kvHead * GROUP; head < (kvHead + 1u) * GROUP; head++) {
    for (var t = firstKey; t < params.context; t++) {
      if (t < j) { continue; }
      let at = (sequence + t) * HEADS + head;
      let query = (sequence + t) * ROW + head * HEAD_DIM;
      let probability = exp(dotQkv(&key, query) * SCALE - logSumExp[at]);
      let dScore = probability * (dotDy(&value, at * HEAD_DIM) - delta[at]);
      for (var i = 0u; i < VECTORS; i++) {
        dKey[i] += dScore * load_qkv(query + 4u * i, HEAD_DIM - 4u * i);
        dValue[i] += probability * load_dy(at * HEAD_DIM + 4u * i, HEAD_DIM - 4u * i);
      }
    }
  }
  for (var i = 0u; i < VECTORS; i++) {
    store_dqkv(keyAt + 4u * i, HEAD_DIM - 4u * i, dKey[i] * SCALE);
    store_dqkv(valueAt + 4u * i, HEAD_DIM - 4u * i, dValue[i]);
  }
}`;
}
