import { rowAccess, rowElement, WORKGROUP_SIZE } from '../kernel/wgsl.ts';
import { LOG1_WGSL } from '../kernel/wgsl-math.ts';
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
