import { ROW_THREAD_MAIN, WORKGROUP_SIZE } from '../kernel/wgsl.ts';
import { EXP1_WGSL } from '../kernel/wgsl-math.ts';
import type { CachedAttentionAttrs } from './kernel.ts';

// They mirror f32-order.ts operation by operation. Sizes of heads are constants of the shader.

function constants({ nHeads, nKvHeads, headDim }: CachedAttentionAttrs): string {
  return `
const GROUP = ${nHeads / nKvHeads}u;
const HEAD_DIM = ${headDim}u;
const ROW = ${(nHeads + 2 * nKvHeads) * headDim}u;
const OUT_ROW = ${nHeads * headDim}u;
const KV_WIDTH = ${nKvHeads * headDim}u;`;
}

/** Input qkv; outputs keys and values, of which it writes the new positions. A thread to a component. Copies bits. */
export function cacheAppendWgsl(attrs: CachedAttentionAttrs): string {
  return `
@group(0) @binding(0) var<storage, read> qkv: array<u32>;
@group(0) @binding(1) var<storage, read_write> keys: array<u32>;
@group(0) @binding(2) var<storage, read_write> values: array<u32>;
struct Params { rows: u32, capacity: u32, offset: u32 }
@group(0) @binding(3) var<uniform> params: Params;
${constants(attrs)}
${ROW_THREAD_MAIN}
  if (row >= params.rows || item >= KV_WIDTH) { return; }
  let source = row * ROW + OUT_ROW + item;
  let position = params.offset + row;
  keys[item * params.capacity + position] = qkv[source];
  values[position * KV_WIDTH + item] = qkv[source + KV_WIDTH];
}`;
}

/**
 * Inputs qkv, keys, values; outputs attended and scores, scratch of `[S · nHeads, capacity]`. A workgroup to a query:
 * its threads share the positions out for the scores, and the components for the sums, each of which one thread takes
 * in order.
 */
export function cachedAttentionWgsl(attrs: CachedAttentionAttrs): string {
  return `
@group(0) @binding(0) var<storage, read> qkv: array<f32>;
@group(0) @binding(1) var<storage, read> keys: array<f32>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> attended: array<f32>;
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;
struct Params { capacity: u32, offset: u32, scale: f32 }
@group(0) @binding(5) var<uniform> params: Params;
${constants(attrs)}
${EXP1_WGSL}
var<workgroup> query: array<f32, HEAD_DIM>;
var<workgroup> parts: array<f32, ${WORKGROUP_SIZE}>;
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) local: u32) {
  let head = group.x;
  let row = group.y;
  let count = params.offset + row + 1u;
  let scoresAt = (row * groups.x + head) * params.capacity;
  let kvFirst = head / GROUP * HEAD_DIM;
  for (var d = local; d < HEAD_DIM; d += ${WORKGROUP_SIZE}u) {
    query[d] = qkv[row * ROW + head * HEAD_DIM + d] * params.scale;
  }
  workgroupBarrier();
  var greatest = -1.0e30;
  for (var j = local; j < count; j += ${WORKGROUP_SIZE}u) {
    var score = 0.0;
    for (var d = 0u; d < HEAD_DIM; d++) { score += query[d] * keys[(kvFirst + d) * params.capacity + j]; }
    scores[scoresAt + j] = score;
    greatest = max(greatest, score);
  }
  parts[local] = greatest;
  workgroupBarrier();
  for (var i = 0u; i < ${WORKGROUP_SIZE}u; i++) { greatest = max(greatest, parts[i]); }
  for (var j = local; j < count; j += ${WORKGROUP_SIZE}u) {
    scores[scoresAt + j] = exp1(scores[scoresAt + j] - greatest);
  }
  storageBarrier();
  workgroupBarrier();
  // Four interleaved sums, as the definition has them.
  if (local < 4u) {
    var sum = 0.0;
    for (var j = local; j < count; j += 4u) { sum += scores[scoresAt + j]; }
    parts[local] = sum;
  }
  workgroupBarrier();
  let inverse = 1.0 / ((parts[0] + parts[1]) + (parts[2] + parts[3]));
  for (var d = local; d < HEAD_DIM; d += ${WORKGROUP_SIZE}u) {
    var sum = 0.0;
    for (var j = 0u; j < count; j++) { sum += scores[scoresAt + j] * values[j * KV_WIDTH + kvFirst + d]; }
    attended[row * OUT_ROW + head * HEAD_DIM + d] = sum * inverse;
  }
}`;
}
