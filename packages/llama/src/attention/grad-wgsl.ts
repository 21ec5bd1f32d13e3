import { rowAccess, rowElement, WORKGROUP_SIZE } from '../kernel/wgsl.ts';
import {
  COUNTS,
  EXP_NAMES,
  headReader,
  headWriter,
  indices,
  lane,
  MAIN,
  prelude,
  rowReader,
} from './heads-wgsl.ts';
import type { AttentionAttrs } from './kernel.ts';
import type { Lanes } from './lanes.ts';

/**
 * Inputs dy, qkv, attended, logSumExp and, where it `rotates` back, the table of angles; outputs dqkv (query part), delta
 * [M, heads].
 */
export function attentionDqWgsl(attrs: AttentionAttrs, lanes: Lanes, rotates: boolean): string {
  const aligned = attrs.headDim % 4 === 0;
  const element = rowElement(aligned);
  const output = gradientWriter(attrs, lanes, rotates, 4);
  const logs = indices(lanes).map((i) => `logSumExp[at + min(${i}u, count - 1u) * HEADS]`);
  const deltas = indices(lanes).map(
    (i) => `if (${i}u < count) { delta[at + ${i}u * HEADS] = ${lane('rowDelta', i, lanes)}; }`,
  );
  return `
@group(0) @binding(0) var<storage, read> dy: array<${element}>;
@group(0) @binding(1) var<storage, read> qkv: array<${element}>;
@group(0) @binding(2) var<storage, read> attended: array<${element}>;
@group(0) @binding(3) var<storage, read> logSumExp: array<f32>;
@group(0) @binding(${output.next}) var<storage, read_write> delta: array<f32>;
${rowAccess(aligned, ['dy', 'qkv', 'attended'], [])}
${prelude(attrs, lanes, output.next + 1)}
${rowReader('qkv')}
${rowReader('dy')}
${rowReader('attended')}
${headReader('qkv', lanes)}
${headReader('dy', lanes)}
${headReader('attended', lanes)}
${output.wgsl}
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
  writeRotatedBack(&dQuery, Lanes(params.scale), queryAt, first, count);
}`;
}

/**
 * Inputs dy, qkv, logSumExp, delta and, where it `rotates` back, the table of angles; output dqkv (key and value parts).
 */
export function attentionDkvWgsl(attrs: AttentionAttrs, lanes: Lanes, rotates: boolean): string {
  const aligned = attrs.headDim % 4 === 0;
  const element = rowElement(aligned);
  const output = gradientWriter(attrs, lanes, rotates, 4);
  return `
@group(0) @binding(0) var<storage, read> dy: array<${element}>;
@group(0) @binding(1) var<storage, read> qkv: array<${element}>;
@group(0) @binding(2) var<storage, read> logSumExp: array<f32>;
@group(0) @binding(3) var<storage, read> delta: array<f32>;
${rowAccess(aligned, ['dy', 'qkv'], [])}
${prelude(attrs, lanes, output.next)}
${rowReader('qkv')}
${rowReader('dy')}
${headReader('qkv', lanes)}
${output.wgsl}
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
  writeRotatedBack(&dKey, Lanes(1.0), keyAt, first, count);
  write_dqkv(&dValue, Lanes(1.0), valueAt, ROW, count);
}`;
}

/**
 * WGSL bindings from `binding` on, and functions `write_dqkv` for gradients as they are and `writeRotatedBack` for those
 * of queries and keys, from position `first` on, which rotates them back where the table of angles is there.
 */
function gradientWriter(
  { headDim }: AttentionAttrs,
  lanes: Lanes,
  rotates: boolean,
  binding: number,
): { wgsl: string; next: number } {
  if (!rotates) {
    const wgsl = `
@group(0) @binding(${binding}) var<storage, read_write> dqkv: array<${rowElement(headDim % 4 === 0)}>;
${rowAccess(headDim % 4 === 0, [], ['dqkv'])}
${headWriter('dqkv', lanes)}
fn writeRotatedBack(heads: ptr<function, Head>, factors: Lanes, at: u32, first: u32, count: u32) {
  write_dqkv(heads, factors, at, ROW, count);
}`;
    return { wgsl, next: binding + 1 };
  }
  const half = headDim / 2;
  const aligned = half % 4 === 0;
  const n = lanes === 1 ? '' : '[n]';
  const quad = (from: string): string => [0, 1, 2, 3].map((c) => `(*heads)[${from} + ${c}u]${n}`).join(', ');
  const wgsl = `
@group(0) @binding(${binding}) var<storage, read> table: array<${rowElement(aligned)}>;
@group(0) @binding(${binding + 1}) var<storage, read_write> dqkv: array<${rowElement(aligned)}>;
const HALF = ${half}u;
${rowAccess(aligned, ['table'], ['dqkv'])}
${headWriter('dqkv', lanes)}
fn writeRotatedBack(heads: ptr<function, Head>, factors: Lanes, at: u32, first: u32, count: u32) {
  for (var n = 0u; n < count; n++) {
    let angles = (first + n) * HEAD_DIM;
    for (var i = 0u; i < HALF; i += 4u) {
      let left = HALF - i;
      let a = vec4f(${quad('i')}) * factors${n};
      let b = vec4f(${quad('HALF + i')}) * factors${n};
      let cosines = load_table(angles + i, left);
      let sines = load_table(angles + HALF + i, left);
      store_dqkv(at + n * ROW + i, left, a * cosines + b * sines);
      store_dqkv(at + n * ROW + HALF + i, left, b * cosines - a * sines);
    }
  }
}`;
  return { wgsl, next: binding + 2 };
}
