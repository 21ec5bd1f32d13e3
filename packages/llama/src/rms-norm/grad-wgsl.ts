import { rowAccess, rowElement, WORKGROUP_SIZE } from '../kernel/wgsl.ts';
import { GAIN_CHUNK } from './f32-order.ts';

/** Quads of columns of the gain in a workgroup: 32 bytes, the least that GPUs fetch. */
const QUADS = 2;
/** Chunks of rows that a workgroup sums at a time. */
const LANES = WORKGROUP_SIZE / QUADS;
/** Chunks whose sums it holds before they are added in order. */
const ROUND = 2 * LANES;

/** Workgroups of {@link rmsNormGradWgsl} for the gradient of the gain, which come first, and for that of x. */
export function rmsNormGradWorkgroups(rows: number, width: number): { ofGain: number; ofX: number } {
  return { ofGain: Math.ceil(width / (4 * QUADS)), ofX: Math.ceil(rows / WORKGROUP_SIZE) };
}

// Times a parameter that is 1: Mesa's compiler would otherwise reorder this sum and the difference before it.
const ADDED_GRADIENT = 'gradient * params.one + load_dSum(row + d, left)';

/**
 * Both gradients, which do not wait for each other, in one dispatch; mirrors f32-order.ts operation by operation. Inputs
 * dy, x, gain, inverseRms and, if so, dSum; outputs dx, dgain; params rows, width, inverseWidth, gainGroups, 1.
 */
export function rmsNormGradWgsl(aligned: boolean, withSum: boolean): string {
  const element = rowElement(aligned);
  const first = withSum ? 5 : 4;
  return `
@group(0) @binding(0) var<storage, read> dy: array<${element}>;
@group(0) @binding(1) var<storage, read> x: array<${element}>;
@group(0) @binding(2) var<storage, read> gain: array<${element}>;
@group(0) @binding(3) var<storage, read> inverseRms: array<f32>;
${withSum ? `@group(0) @binding(4) var<storage, read> dSum: array<${element}>;` : ''}
@group(0) @binding(${first}) var<storage, read_write> dx: array<${element}>;
@group(0) @binding(${first + 1}) var<storage, read_write> dgain: array<${element}>;
struct Params { rows: u32, width: u32, inverseWidth: f32, gainGroups: u32, one: f32 }
@group(0) @binding(${first + 2}) var<uniform> params: Params;
var<workgroup> partials: array<vec4f, ${ROUND * QUADS}>;
${rowAccess(aligned, ['dy', 'x', 'gain', ...(withSum ? ['dSum'] : [])], ['dx', 'dgain'])}
fn rowGradient(m: u32) {
  let row = m * params.width;
  let r = inverseRms[m];
  var s = vec4f();
  for (var d = 0u; d < params.width; d += 4u) {
    let left = params.width - d;
    s += (load_dy(row + d, left) * load_gain(d, left)) * load_x(row + d, left);
  }
  let mean = ((s.x + s.y) + (s.z + s.w)) * params.inverseWidth;
  let pull = ((mean * r) * r) * r;
  for (var d = 0u; d < params.width; d += 4u) {
    let left = params.width - d;
    let straight = (load_dy(row + d, left) * load_gain(d, left)) * r;
    let gradient = straight - load_x(row + d, left) * pull;
    store_dx(row + d, left, ${withSum ? ADDED_GRADIENT : 'gradient'});
  }
}
fn chunkSum(chunk: u32, d: u32) -> vec4f {
  let left = params.width - d;
  let begin = chunk * ${GAIN_CHUNK}u;
  var sum = vec4f();
  for (var m = begin; m < min(begin + ${GAIN_CHUNK}u, params.rows); m++) {
    let at = m * params.width + d;
    sum += (load_dy(at, left) * load_x(at, left)) * inverseRms[m];
  }
  return sum;
}
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) local: u32) {
  let workgroup = group.y * groups.x + group.x;
  if (workgroup >= params.gainGroups) {
    let m = (workgroup - params.gainGroups) * ${WORKGROUP_SIZE}u + local;
    if (m < params.rows) { rowGradient(m); }
    return;
  }
  let quad = local % ${QUADS}u;
  let lane = local / ${QUADS}u;
  let d = (workgroup * ${QUADS}u + quad) * 4u;
  let chunks = (params.rows + ${GAIN_CHUNK - 1}u) / ${GAIN_CHUNK}u;
  var sum = vec4f();
  for (var begin = 0u; begin < chunks; begin += ${ROUND}u) {
    let count = min(${ROUND}u, chunks - begin);
    if (d < params.width) {
      for (var i = lane; i < count; i += ${LANES}u) { partials[i * ${QUADS}u + quad] = chunkSum(begin + i, d); }
    }
    workgroupBarrier();
    if (lane == 0u) {
      for (var i = 0u; i < count; i++) { sum += partials[i * ${QUADS}u + quad]; }
    }
    workgroupBarrier();
  }
  if (lane == 0u && d < params.width) { store_dgain(d, params.width - d, sum); }
}`;
}
